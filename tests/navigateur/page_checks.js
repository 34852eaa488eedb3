// Checks that tests run in a page. Each function returns a list of faults as text.
const checks = (() => {
  const name = (e) =>
    `${e.tagName.toLowerCase()}${e.className && e.className.baseVal === undefined ? "." + e.className : ""} « ${(e.textContent || "").trim().slice(0, 40)} »`;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const shown = (e) => e.checkVisibility({ visibilityProperty: true });
  const aside = (e) => e.closest(".hors-vue, .evitement, [aria-hidden=true]");

  const texts = () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.data.trim() && shown(node.parentElement) && !aside(node.parentElement)) {
        found.push(node);
      }
    }
    return found;
  };

  const scrolls = (e) => {
    for (let up = e; up; up = up.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(up).overflowX)) return true;
    }
    return false;
  };

  // Text that overflows the window sideways, even where the overflow is clipped.
  const spills = () => {
    const width = document.documentElement.clientWidth;
    const faults = texts()
      .filter((node) => !scrolls(node.parentElement))
      .filter((node) => {
        const range = document.createRange();
        range.selectNodeContents(node);
        return [...range.getClientRects()].some((r) => r.right > width + 1 || r.left < -1);
      })
      .map((node) => name(node.parentElement));
    if (document.documentElement.scrollWidth > width) faults.push("the page scrolls sideways");
    return faults;
  };

  const known = new Map(); // a page has few colours, asked for thousands of times
  const channels = (colour) => {
    if (!known.has(colour)) {
      const canvas = document.createElement("canvas").getContext("2d");
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      known.set(colour, [...canvas.getImageData(0, 0, 1, 1).data]);
    }
    return known.get(colour);
  };
  const luminance = ([r, g, b]) => {
    const linear = (v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  };
  const ground = (e) => {
    for (let up = e; up; up = up.parentElement) {
      const grounds = [getComputedStyle(up).backgroundColor];
      for (const pseudo of ["::before", "::after"]) {
        const style = getComputedStyle(up, pseudo);
        if (style.content !== "none" && Number(style.zIndex) < 0) grounds.push(style.backgroundColor);
      }
      const opaque = grounds.find((colour) => channels(colour)[3] === 255);
      if (opaque) return opaque;
    }
    return getComputedStyle(document.documentElement).backgroundColor;
  };
  const contrast = (first, second) => {
    const [dark, light] = [first, second].map(channels).map(luminance).sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const faint = (least) => {
    const parents = new Set(texts().map((node) => node.parentElement));
    return [...parents]
      .map((e) => [e, contrast(getComputedStyle(e).color, ground(e))])
      .filter(([, ratio]) => ratio < least)
      .map(([e, ratio]) => `${ratio.toFixed(2)} ${name(e)}`);
  };

  const images = () =>
    all("img")
      .filter(
        (i) =>
          !i.hasAttribute("alt") || !i.hasAttribute("width") || !i.hasAttribute("height") || !i.naturalWidth
      )
      .map((i) => i.outerHTML);

  const headings = () => {
    let last = 0;
    return all("h1, h2, h3, h4, h5, h6").flatMap((h) => {
      const level = Number(h.tagName[1]);
      const skipped = level > last + 1;
      last = level;
      return skipped ? [name(h)] : [];
    });
  };

  // Links outside sentences are controls; links inside sentences are exempt (WCAG 2.5.8).
  const small = () =>
    all(".menu a, .pied a, .suite a, .renvois a, .rappels a, .table a, .bouton a, .index a")
      .filter(shown)
      .filter((a) => a.getBoundingClientRect().height < 24)
      .map(name);

  const ids = () => {
    const seen = all("[id]").map((e) => e.id);
    const twice = seen.filter((id, at) => seen.indexOf(id) !== at);
    const dangling = all("[aria-labelledby], a[href^='#']")
      .map((e) => e.getAttribute("aria-labelledby") || decodeURIComponent(e.getAttribute("href").slice(1)))
      .filter((id) => !document.getElementById(id));
    return [...twice, ...dangling];
  };

  const moving = () =>
    all("*")
      .filter((e) => {
        const style = getComputedStyle(e);
        return style.animationName !== "none" || parseFloat(style.transitionDuration) > 0;
      })
      .map(name);

  return { spills, faint, images, headings, small, ids, moving };
})();
