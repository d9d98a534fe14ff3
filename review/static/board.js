// Draws the map and the timeline, and keeps both, the list and the address in step.
"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const make = (name, attributes, parent) => {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    parent?.append(node);
    return node;
  };
  const SQUEEZE = Math.cos((33.3 * Math.PI) / 180);  // degrees of longitude are shorter at Baghdad
  const x = (lon) => lon * SQUEEZE * 100;
  const y = (lat) => -lat * 100;
  const HOME = { x: x(34.5), y: y(38), width: x(49.5) - x(34.5), height: y(28.5) - y(38) };
  const CELLS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 2];
  const fetchJson = async (path) => {
    const answer = await fetch(path, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  };
  const query = () => new URLSearchParams(location.search);

  // ---- the list and the address

  let turn = 0;
  const go = async (params, { push = true } = {}) => {
    params.delete("page");
    const path = `/${params.size ? "?" + params : ""}`;
    if (push) history.pushState(null, "", path);
    const mine = ++turn;
    const answer = await fetch(path, { credentials: "same-origin" });
    if (!answer.ok || mine !== turn) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== turn) return;
    for (const id of ["results", "filters"]) {
      const open = [...document.querySelectorAll(`#${id} details`)].map((one) => one.open);
      document.getElementById(id).replaceWith(document.adoptNode(page.getElementById(id)));
      document.querySelectorAll(`#${id} details`).forEach((one, place) => { one.open = open[place] ?? one.open; });
    }
    bindFilters();
    await Promise.all([map.load(), bars.load()]);
  };
  const toggle = (name, value) => {
    const params = query();
    const had = params.getAll(name).includes(value);
    params.delete(name);
    if (!had) params.append(name, value);
    go(params);
  };
  addEventListener("popstate", () => go(query(), { push: false }));

  const bindFilters = () => {
    const form = document.querySelector("[data-filter-form]");
    if (!form) return;
    const read = () => {
      const params = new URLSearchParams();
      for (const [name, value] of new FormData(form)) {
        if (value && !(name === "order" && value === "newest")) params.append(name, value);
      }
      return params;
    };
    form.addEventListener("submit", (event) => { event.preventDefault(); go(read()); });
    form.addEventListener("change", (event) => { if (event.target.matches("select, [type=date]")) go(read()); });
    if (matchMedia("(max-width: 48rem)").matches && !form.dataset.seen) {
      document.querySelector("[data-filters]").open = false;
      form.dataset.seen = "1";
    }
    fetchJson(`/facets.json?${query()}`).then((facets) => {
      for (const [name, rows] of Object.entries(facets)) {
        const counts = new Map(rows.map((row) => [row.value, row.n]));
        for (const option of form.querySelectorAll(`[data-facet="${name}"] option[data-name]`)) {
          option.textContent = `${option.dataset.name} (${counts.get(option.value) ?? 0})`;
        }
      }
    }).catch(() => {});  // counts are a help, not a need
  };

  // ---- the map

  const drawOutlines = (svg, outlines, onArea) => {
    const ground = make("g", { class: "ground" }, svg);
    const line = (points) => points.map(([lon, lat], place) => `${place ? "L" : "M"}${x(lon).toFixed(1)} ${y(lat).toFixed(1)}`).join("");
    for (const country of outlines.countries) {
      for (const area of country.areas) {
        const path = make("path", { d: area.rings.map((ring) => line(ring) + "Z").join(""), class: "area" }, ground);
        if (area.id) {
          path.dataset.id = area.id;
          onArea?.(path, area.id);
        }
      }
      for (const border of country.border) make("path", { d: line(border), class: "border" }, ground);
    }
  };
  const zoomable = (svg, onMove) => {
    let box = { ...HOME };
    let drag = null;
    let drawn = 0;
    const draw = () => { drawn = 0; svg.setAttribute("viewBox", `${box.x} ${box.y} ${box.width} ${box.height}`); onMove(box); };
    const show = () => { drawn ||= requestAnimationFrame(draw); };  // however fast the pointer is
    const zoom = (factor, cx = box.x + box.width / 2, cy = box.y + box.height / 2) => {
      const width = Math.max(12, Math.min(4000, box.width * factor));
      const real = width / box.width;
      box = { x: cx - (cx - box.x) * real, y: cy - (cy - box.y) * real, width, height: box.height * real };
      show();
    };
    const point = (event) => {
      const matrix = svg.getScreenCTM().inverse();
      return new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
    };
    svg.addEventListener("wheel", (event) => {
      event.preventDefault();
      const p = point(event);
      zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2, p.x, p.y);
    }, { passive: false });
    svg.addEventListener("pointerdown", (event) => { drag = { at: point(event), moved: false }; });
    svg.addEventListener("pointermove", (event) => {
      if (!drag || !(event.buttons & 1)) { drag = null; return; }
      const p = point(event);
      if (!drag.moved && Math.hypot(p.x - drag.at.x, p.y - drag.at.y) < box.width / 150) return;
      drag.moved = true;
      box = { ...box, x: box.x + drag.at.x - p.x, y: box.y + drag.at.y - p.y };
      show();
    });
    svg.addEventListener("click", (event) => {
      if (drag?.moved) { event.stopPropagation(); event.preventDefault(); }
      drag = null;
    }, true);
    svg.addEventListener("keydown", (event) => {
      const step = box.width / 10;
      const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
      if (event.key === "+" || event.key === "=") zoom(1 / 1.4);
      else if (event.key === "-") zoom(1.4);
      else if (moves[event.key]) { box = { ...box, x: box.x + moves[event.key][0], y: box.y + moves[event.key][1] }; show(); }
      else return;
      event.preventDefault();
    });
    draw();
    return { zoom, reset: () => { box = { ...HOME }; show(); }, set: (next) => { box = next; show(); }, box: () => box };
  };
  const activate = (node, deed) => {
    node.setAttribute("tabindex", "0");
    node.setAttribute("role", "button");
    node.addEventListener("click", deed);
    node.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); event.stopPropagation(); deed(); }
    });
  };

  const makeMap = () => {
    const figure = document.getElementById("map");
    const holder = figure?.querySelector("[data-canvas]");
    if (!holder) return { load: async () => {} };
    const svg = make("svg", { class: "map", tabindex: "0", role: "application", "aria-label": figure.querySelector("h2").textContent }, holder);
    let view = null;
    let data = null;
    let cell = 0.25;
    let waiting = 0;
    const paths = new Map();
    // Cells some 26 pixels wide; the finest hold what is on the screen and as much around it.
    const unit = (box) => Math.max(box.width / Math.max(300, holder.clientWidth), box.height / Math.max(200, holder.clientHeight));
    const wide = (box) => unit(box) * 26 / (100 * SQUEEZE);
    const fitting = (box) => CELLS.find((size) => size >= wide(box) * 0.85) ?? CELLS.at(-1);
    const needed = (box) => {
      if (cell > 0.15) return "";
      const step = cell * 20;  // so that a small move asks for the same box, which is kept
      const around = [box.x - box.width / 2, -(box.y + box.height * 1.5), box.x + box.width * 1.5, -(box.y - box.height / 2)];
      return around.map((edge, place) => (place < 2 ? Math.floor : Math.ceil)(edge / (place % 2 ? 100 : 100 * SQUEEZE) / step) * step).map((edge) => edge.toFixed(3)).join(",");
    };
    const holds = (around, box) => {
      if (!around) return true;
      const [west, south, east, north] = around.split(",").map(Number);
      return x(west) <= box.x && x(east) >= box.x + box.width && y(north) <= box.y && y(south) >= box.y + box.height;
    };
    const radius = (n, most) => (n === 1 ? 4.5 : 6 + 8 * Math.log1p(n) / Math.log1p(Math.max(20, most))) * unit(view ? view.box() : HOME);
    const inShort = (n) => (n > 9999 ? `${Math.round(n / 1000)}k` : n > 999 ? `${(n / 1000).toFixed(1)}k` : `${n}`);
    const spots = (points) => {
      const group = make("g", { class: "spots" });
      const most = points[0]?.n ?? 1;
      for (const p of points) {
        const spot = make("circle", { cx: x(p.lon).toFixed(2), cy: y(p.lat).toFixed(2), r: radius(p.n, most), class: p.killed ? "spot deadly" : "spot" }, group);
        make("title", {}, spot).textContent = p.killed ? `${p.n} · † ${p.killed}` : `${p.n}`;
        spot.setAttribute("aria-label", spot.textContent);
        if (p.id) activate(spot, () => { location.href = `/incident/${p.id}`; });
        else activate(spot, () => view.set({ x: x(p.lon) - view.box().width / 6, y: y(p.lat) - view.box().height / 6, width: view.box().width / 3, height: view.box().height / 3 }));
        if (p.n > 9 && points.length < 400) {
          const size = radius(p.n, most) * (p.n > 99 ? 0.75 : 0.9);
          make("text", { x: x(p.lon).toFixed(2), y: (y(p.lat) + size * 0.35).toFixed(2), class: "count", "font-size": size, "aria-hidden": "true" }, group).textContent = inShort(p.n);
        }
      }
      svg.querySelector(".spots")?.remove();
      svg.append(group);
      svg.dataset.width = view ? view.box().width : HOME.width;
    };
    const areas = () => {
      const counts = new Map(data.areas.map((area) => [area.id, area.n]));
      const most = Math.max(1, ...counts.values());
      const chosen = query().getAll("admin1");
      for (const [id, path] of paths) {
        const n = counts.get(id) || 0;
        path.setAttribute("class", `area level-${n ? Math.max(1, Math.ceil((4 * Math.log1p(n)) / Math.log1p(most))) : 0}${chosen.includes(id) ? " chosen" : ""}`);
        path.setAttribute("aria-pressed", chosen.includes(id));
        path.setAttribute("aria-label", `${data.names[id] || id}: ${n}`);
        path.querySelector("title").textContent = `${data.names[id] || id}: ${n}`;
      }
      const list = figure.querySelector("[data-areas]");
      list.replaceChildren(...data.areas.map((area) => {
        const item = document.createElement("li");
        const link = document.createElement("a");
        const params = query();
        params.delete("page");
        params.set("admin1", area.id);
        link.href = `/?${params}`;
        link.textContent = `${area.name} (${area.n})`;
        item.append(link);
        return item;
      }));
      const nowhere = figure.querySelector("[data-nowhere]");
      nowhere.textContent = data.nowhere ? nowhere.dataset.text.replace("{n}", data.nowhere) : "";
    };
    let asked = 0;
    let loaded = "";
    const load = async () => {
      const mine = ++asked;
      const box = view ? view.box() : HOME;
      cell = fitting(box);
      const around = needed(box);
      const params = query();
      params.set("cell", cell);
      if (around) params.set("box", around);
      const answer = await fetchJson(`/map.json?${params}`);
      if (mine !== asked) return;  // another was asked since
      data = answer;
      loaded = around;
      spots(data.points);
      areas();
      figure.dataset.ready = "1";
    };
    const start = async () => {
      const outlines = await fetchJson("/static/outlines.json");
      const own = figure.dataset.lat !== undefined;
      const lay = figure.dataset.tiles ? window.layTiles(svg, figure.dataset.tiles, SQUEEZE * 100) : null;
      drawOutlines(svg, outlines, own ? null : (path, id) => {
        make("title", {}, path);
        paths.set(id, path);
        activate(path, () => toggle("admin1", id));
      });
      view = zoomable(svg, (box) => {
        const grown = box.width / (svg.dataset.width || box.width);
        svg.dataset.width = box.width;
        lay?.(box);
        if (Math.abs(grown - 1) > 1e-6) {
          for (const one of svg.querySelectorAll(".spots circle")) one.setAttribute("r", one.getAttribute("r") * grown);
          for (const one of svg.querySelectorAll(".spots text")) one.setAttribute("font-size", one.getAttribute("font-size") * grown);
        }
        if (own || !view) return;
        if (fitting(box) !== cell || !holds(loaded, box)) {
          clearTimeout(waiting);
          waiting = setTimeout(load, 150);
        }
      });
      if (own) {
        const [lat, lon] = [Number(figure.dataset.lat), Number(figure.dataset.lon)];
        const width = 320;
        view.set({ x: x(lon) - width / 2, y: y(lat) - width / 3, width, height: (width * 2) / 3 });
        svg.dataset.width = width;  // the circles are drawn for this width, not for the first one
        const group = make("g", { class: "spots" }, svg);
        for (const pair of figure.dataset.spots.split(";").filter(Boolean)) {
          const [a, b] = pair.split(",").map(Number);
          make("circle", { cx: x(b), cy: y(a), r: 5, class: "spot candidate" }, group);
        }
        make("circle", { cx: x(lon), cy: y(lat), r: 6, class: "spot deadly" }, group);
        figure.dataset.ready = "1";
        return;
      }
      for (const button of figure.querySelectorAll("[data-zoom]")) {
        button.addEventListener("click", () => ({ in: () => view.zoom(1 / 1.5), out: () => view.zoom(1.5), reset: view.reset })[button.dataset.zoom]());
      }
      await load();
    };
    return { load, start };
  };

  // ---- the timeline

  const makeBars = () => {
    const figure = document.getElementById("bars");
    const holder = figure?.querySelector("[data-canvas]");
    if (!holder) return { load: async () => {} };
    const DAY = 86400000;
    const day = (text) => Date.parse(`${text}T00:00:00Z`);
    const text = (time) => new Date(time).toISOString().slice(0, 10);
    const lastOf = (start, step) => {
      if (step === "day") return start;
      if (step === "week") return start + 6 * DAY;
      const date = new Date(start);
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0);
    };
    const choose = (since, until) => {
      const params = query();
      if (params.get("since") === since && params.get("until") === until) { params.delete("since"); params.delete("until"); }
      else { params.set("since", since); params.set("until", until); }
      go(params);
    };
    const load = async () => {
      const params = query();
      const data = await fetchJson(`/bars.json?${params}`);
      const undated = figure.querySelector("[data-undated]");
      undated.textContent = data.undated ? undated.dataset.text.replace("{n}", data.undated) : "";
      holder.replaceChildren();
      const width = Math.max(280, holder.clientWidth);
      const height = holder.clientHeight;
      const floor = height - 30;
      const svg = make("svg", { class: "bars", viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": figure.querySelector("h2").textContent }, holder);
      figure.dataset.ready = "1";
      if (!data.bars.length) return;
      const first = day(data.bars[0].day);
      const last = lastOf(day(data.bars.at(-1).day), data.step) + DAY;
      const most = Math.max(...data.bars.map((bar) => bar.n));
      const left = (time) => 40 + ((width - 50) * (time - first)) / (last - first);
      const time = (at) => first + ((at - 40) / (width - 50)) * (last - first);
      make("text", { x: 34, y: 16, class: "label end" }, svg).textContent = most;
      make("line", { x1: 40, y1: floor, x2: width - 10, y2: floor, class: "axis" }, svg);
      for (const share of [0, 0.5, 1]) {
        const at = first + share * (last - first - DAY);
        make("text", { x: left(at), y: height - 8, class: `label ${share === 1 ? "end" : share ? "middle" : ""}` }, svg).textContent = text(at);
      }
      for (const bar of data.bars) {
        const start = day(bar.day);
        const end = lastOf(start, data.step);
        const tall = (floor - 14) * (bar.n / most);
        const node = make("rect", { x: left(start), y: floor - tall, width: Math.max(1.5, left(end + DAY) - left(start) - 0.6), height: tall, class: bar.killed ? "bar deadly" : "bar" }, svg);
        const label = `${bar.day}${end === start ? "" : " – " + text(end)}: ${bar.n}${bar.killed ? " · † " + bar.killed : ""}`;
        make("title", {}, node).textContent = label;
        node.setAttribute("aria-label", label);
        activate(node, () => choose(text(start), text(end)));
      }
      let from = null;
      const brush = make("rect", { y: 4, height: floor - 4, width: 0, class: "brush" }, svg);
      const at = (event) => Math.max(40, Math.min(width - 10, new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse()).x));
      svg.addEventListener("pointerdown", (event) => { from = at(event); });
      svg.addEventListener("pointermove", (event) => {
        if (from === null || !(event.buttons & 1)) return;
        const now = at(event);
        brush.setAttribute("x", Math.min(from, now));
        brush.setAttribute("width", Math.abs(now - from));
      });
      svg.addEventListener("click", (event) => {
        if (Number(brush.getAttribute("width")) > 6) { event.stopPropagation(); }
      }, true);
      svg.addEventListener("pointerup", (event) => {
        const now = at(event);
        if (from !== null && Math.abs(now - from) > 6) choose(text(time(Math.min(from, now))), text(time(Math.max(from, now))));
        from = null;
      });
    };
    return { load };
  };

  document.querySelector("[data-switch]")?.addEventListener("click", (event) => {  // the filters may have changed since
    const params = query();
    params.set("lang", event.currentTarget.lang);
    event.currentTarget.href = `?${params}`;
  });
  const map = makeMap();
  const bars = makeBars();
  bindFilters();
  map.start?.();
  bars.load();
})();
