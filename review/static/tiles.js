// Lays an online map's tiles (Web Mercator) under the map, where the settings name a server for them.
"use strict";
window.layTiles = (svg, template, east) => {  // `east`: the map's units a degree of longitude; a degree of latitude has 100
  const SVG = "http://www.w3.org/2000/svg";
  const SIZE = 256;  // pixels of a tile
  const MOST = 80;
  const PAUSE = 150;  // ms without a move before anything is asked
  const group = document.createElementNS(SVG, "g");
  svg.prepend(group);
  svg.classList.add("tiled");
  const shown = new Map();
  let waiting = 0;

  const row = (lat, n) => ((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * n;
  const west = (column, n) => (column / n) * 360 - 180;
  const north = (line, n) => (Math.atan(Math.sinh(Math.PI * (1 - (2 * line) / n))) * 180) / Math.PI;

  const draw = (box) => {
    const unit = Math.max(box.width / (svg.clientWidth || SIZE), box.height / (svg.clientHeight || SIZE));
    const [wide, high] = [unit * svg.clientWidth, unit * svg.clientHeight];
    const [left, top] = [box.x + (box.width - wide) / 2, box.y + (box.height - high) / 2];
    const z = Math.max(2, Math.min(18, Math.round(Math.log2((360 * east) / (SIZE * unit)))));
    const n = 2 ** z;
    const columns = [Math.floor(((left / east + 180) / 360) * n), Math.floor((((left + wide) / east + 180) / 360) * n)];
    const lines = [top, top + high].map((edge) => Math.floor(row(Math.max(-85, Math.min(85, -edge / 100)), n)));
    const wanted = new Set();
    for (let line = Math.max(0, lines[0]); line <= Math.min(n - 1, lines[1]); line += 1) {
      for (let column = Math.max(0, columns[0]); column <= Math.min(n - 1, columns[1]) && wanted.size < MOST; column += 1) {
        const address = template.replace("{z}", z).replace("{x}", column).replace("{y}", line);
        wanted.add(address);
        if (shown.has(address)) continue;
        const tile = document.createElementNS(SVG, "image");
        const place = {
          x: west(column, n) * east, y: north(line, n) * -100, width: (360 / n) * east,
          height: (north(line, n) - north(line + 1, n)) * 100, preserveAspectRatio: "none", href: address,
        };
        for (const [name, value] of Object.entries(place)) tile.setAttribute(name, value);
        group.append(tile);
        shown.set(address, tile);
      }
    }
    for (const [address, tile] of shown) {
      if (wanted.has(address)) continue;
      tile.remove();
      shown.delete(address);
    }
  };
  return (box) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => draw(box), PAUSE);
  };
};
