"use strict";
// The plotting library travels deflated (RFC 1951): this unpacks it and runs it at once,
// which a browser's own stream of decompression could only do after the page is loaded.
{
  const place = document.getElementById("library");
  const packed = Uint8Array.from(atob(place.content.textContent.trim()), (letter) => letter.charCodeAt(0));
  const out = new Uint8Array(Number(place.dataset.size));
  let read = 0, written = 0, held = 0, holds = 0;

  const bits = (wanted) => {
    for (; holds < wanted; holds += 8) held |= packed[read++] << holds;
    const value = held & ((1 << wanted) - 1);
    held >>>= wanted;
    holds -= wanted;
    return value;
  };

  // A canonical code: how many words there are of each length, and the symbols in order.
  const code = (lengths) => {
    const counts = new Uint16Array(16), starts = new Uint16Array(16), symbols = new Uint16Array(lengths.length);
    for (const each of lengths) if (each) counts[each]++;
    for (let i = 1; i < 15; i++) starts[i + 1] = starts[i] + counts[i];
    lengths.forEach((each, symbol) => { if (each) symbols[starts[each]++] = symbol; });
    return { counts, symbols };
  };

  const next = ({ counts, symbols }) => {
    for (let word = 0, first = 0, index = 0, length = 1; ; length++) {
      word |= bits(1);
      const count = counts[length];
      if (word - first < count) return symbols[index + word - first];
      index += count;
      first = (first + count) << 1;
      word <<= 1;
    }
  };

  // Bases and extra bits of lengths (3 to 258) and of distances.
  const grown = (start, repeat, count) => {
    const found = [];
    for (let i = 0, base = start; i < count; i++) {
      const extra = Math.max(0, Math.floor(i / repeat) - 1);
      found.push([base, extra]);
      base += 1 << extra;
    }
    return found;
  };
  const lengthsOf = [...grown(3, 4, 28), [258, 0]], distancesOf = grown(1, 2, 30);

  const repeated = () => {
    const literals = bits(5) + 257, distances = bits(5) + 1, count = bits(4) + 4, lengths = new Array(19).fill(0);
    for (let i = 0; i < count; i++) lengths[[16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15][i]] = bits(3);
    const short = code(lengths), found = [];
    while (found.length < literals + distances) {
      const symbol = next(short);
      const times = symbol < 16 ? 1 : symbol === 16 ? 3 + bits(2) : symbol === 17 ? 3 + bits(3) : 11 + bits(7);
      const value = symbol < 16 ? symbol : symbol === 16 ? found[found.length - 1] : 0;
      for (let i = 0; i < times; i++) found.push(value);
    }
    return [code(found.slice(0, literals)), code(found.slice(literals))];
  };

  const fixed = () => [
    code(Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8))),
    code(new Array(30).fill(5)),
  ];

  for (let last = 0; !last; ) {
    last = bits(1);
    const kind = bits(2);
    if (!kind) {
      held = holds = 0; // On to a whole byte; a length and its complement follow.
      const size = packed[read] | (packed[read + 1] << 8);
      out.set(packed.subarray(read + 4, read + 4 + size), written);
      read += 4 + size;
      written += size;
      continue;
    }
    const [literals, distances] = kind === 1 ? fixed() : repeated();
    for (let symbol = next(literals); symbol !== 256; symbol = next(literals)) {
      if (symbol < 256) { out[written++] = symbol; continue; }
      const [base, extra] = lengthsOf[symbol - 257];
      const end = written + base + bits(extra);
      const [back, more] = distancesOf[next(distances)];
      const distance = back + bits(more);
      for (; written < end; written++) out[written] = out[written - distance];
    }
  }
  const script = document.createElement("script");
  script.textContent = new TextDecoder().decode(out);
  document.body.append(script); // which runs it
  script.remove();
}
