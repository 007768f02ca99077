"""What opens pages in a browser, and hears what they ask for and complain of."""

_WINDOW = {"width": 1280, "height": 900}

# Media queries are answered, and the figures drawn, before the next frame begins.
_DRAWN = """() => new Promise(
  (end) => requestAnimationFrame(() => requestAnimationFrame(end)))"""
_KEPT_OPEN = 3


class Visitor:
    """Opens pages, and keeps a few of them open: to draw one anew takes seconds."""

    def __init__(self, browser, folder):
        self._browser, self._folder = browser, folder
        self._open = {}
        self.requests, self.complaints = [], []

    def page(self, name, *, color_scheme="light", fresh=False):
        """Return the page, in a wide window; a fresh one if nothing may be changed."""
        page = self._open.pop(name, None)
        if page is not None and fresh:
            page.context.close()
            page = None
        if page is None:
            page = self._opened(name, color_scheme)
        else:
            page.set_viewport_size(_WINDOW)
            page.emulate_media(media="screen", color_scheme=color_scheme)
            page.evaluate(_DRAWN)
        self._open[name] = page  # the last one is the one used last
        for old in [*self._open][:-_KEPT_OPEN]:
            self._open.pop(old).context.close()
        return page

    def close(self):
        for each in self._open.values():
            each.context.close()

    def _opened(self, name, color_scheme):
        context = self._browser.new_context(
            viewport=_WINDOW, offline=True, color_scheme=color_scheme
        )
        page = context.new_page()
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        page.goto((self._folder / f"{name}.html").as_uri())
        return page
