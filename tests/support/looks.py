"""What tests of pages ask a real browser about: contrast, and what is cut off."""

TOO_FAINT = """
(() => {
  const channels = text => text.match(/[0-9.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [R, G, B] = [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * R + 0.7152 * G + 0.0722 * B;
  };
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.length === 3) return colour;
      if (colour[3] !== 0) return [NaN, NaN, NaN];
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint = [];
  let seen = 0;
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    if (!text) continue;
    seen += 1;
    const element = walker.currentNode.parentElement;
    const [a, b] = [light(channels(getComputedStyle(element).color)), light(ground(element))].sort((x, y) => y - x);
    if (!((a + 0.05) / (b + 0.05) >= 4.5)) faint.push(text);
  }
  return {seen, faint};
})()
"""

"""Text whose colour stands out too little from the nearest painted background (WCAG 2.2, 1.4.3)."""
CUT_OFF = """
[...document.querySelectorAll('body *')].filter(element => {
  const style = getComputedStyle(element);
  if (element.closest('.unseen, .skip, thead')) return false;
  const box = element.getBoundingClientRect();
  return box.right > document.documentElement.clientWidth + 0.5 || box.left < -0.5
    || (style.overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1);
}).map(element => element.outerHTML.slice(0, 120))
"""
"""What sticks out of the window, or is cut off inside its own box. Hidden-but-read text is cut off on purpose."""
