// The colours of a heat map, and their key.
// One hue from the paper to the series' colour: lightness alone tells the values apart.
// `most` is how far it goes: less where text in ink stands on it.
widthwise.heatScale = (theme, most) => {
  const channels = (color) => [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  const from = channels(theme.surface), to = channels(theme.series[0]);
  return [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const mixed = from.map((low, i) => Math.round(low + (0.04 + (most - 0.04) * part) * (to[i] - low)));
    return [part, `rgb(${mixed.join(",")})`];
  });
};

widthwise.colorbar = (theme, room, title, changes) => ({
  thickness: room.width < 480 ? 10 : 14, outlinewidth: 0, len: 1, y: 0.5, tickfont: { color: theme.soft, size: 12 },
  title: { text: title, side: "right", font: { size: 13, color: theme.soft } }, ...changes,
});
