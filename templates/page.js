"use strict";
// What the page can do where scripts run. It reads the report out of the page and writes nothing but the order and the visibility
// of what is there; every word of a log stays text.
(() => {
  const main = document.querySelector("main"), tools = document.querySelector("form.tools");
  const bands = ["low", "guarded", "elevated", "high", "severe"];
  const field = name => tools.elements.namedItem(name);
  const option = (select, value, text) => {
    const o = document.createElement("option");
    o.value = value;
    o.textContent = text;
    select.append(o);
  };

  // An incident is its heading and what follows it up to the next heading of that level.
  const incidents = [...main.querySelectorAll("h2[id^='incident-']")].filter(h => /^incident-[0-9]+$/.test(h.id)).map(h => {
    const nodes = [h], facts = new Map();
    let band = 0, points = -99;
    for (let n = h.nextElementSibling; n && n.tagName !== "H2" && n.tagName !== "H1"; n = n.nextElementSibling) nodes.push(n);
    for (const n of nodes) {
      if (!facts.size && n.matches(".table")) {
        for (const row of n.querySelectorAll("tbody tr")) facts.set(row.cells[0].textContent, row.cells[1]);
      }
      const chip = n.matches("p") && n.querySelector(".chip"), sum = chip && n.querySelector("strong");
      if (sum) {
        band = bands.findIndex(b => chip.classList.contains(b)) + 1;
        points = Number(sum.textContent.replaceAll("−", "-").match(/-?[0-9]+$/));
      }
    }
    const codes = (...names) => names.flatMap(n => facts.has(n) ? [...facts.get(n).querySelectorAll("code")].map(c => c.textContent) : []);
    const text = name => facts.has(name) ? facts.get(name).textContent : "";
    return {
      number: Number(h.id.slice(9)), id: h.id, nodes, band, points,
      kinds: codes("Kind", "Kinds"), sources: codes("Source", "Sources"), first: text("First record"),
      records: Number((text("Extent").match(/^[0-9,]+/) || ["0"])[0].replaceAll(",", "")),
    };
  });
  const said = incident => incident.words ??= incident.nodes.map(n => n.textContent).join("\n").toLowerCase();

  // What else names an incident: a row of a table outside of the incidents, a line of the contents.
  const inside = new Set(incidents.flatMap(i => i.nodes)), others = new Map();
  for (const a of document.querySelectorAll("main td a[href^='#incident-'], nav a[href^='#incident-']")) {
    const line = a.closest("tr, li"), block = a.closest("main > *");
    if (block && inside.has(block)) continue;
    const id = a.getAttribute("href").slice(1);
    others.set(id, [...others.get(id) || [], line]);
  }

  function apply() {
    const words = field("text").value.toLowerCase().trim(), least = Number(field("band").value);
    const kind = field("kind").value, source = field("source").value;
    let shown = 0;
    for (const i of incidents) {
      const match = i.band >= least && (!kind || i.kinds.includes(kind)) && (!source || i.sources.includes(source)) && (!words || said(i).includes(words));
      if (match) shown++;
      if (match === !i.hidden) continue;
      i.hidden = !match;
      for (const n of i.nodes) n.hidden = !match;
      for (const n of others.get(i.id) || []) n.hidden = !match;
    }
    field("count").textContent = shown === incidents.length ? `${shown} incidents` : `${shown} of ${incidents.length} incidents`;
  }

  function sort() {
    const by = {
      number: (a, b) => a.number - b.number,
      severity: (a, b) => b.points - a.points || a.number - b.number,
      first: (a, b) => a.first.localeCompare(b.first) || a.number - b.number,
      records: (a, b) => b.records - a.records || a.number - b.number,
    }[field("order").value];
    const list = [...incidents].sort(by);
    // They go where they all stand now: behind what is before the first, whichever that is.
    let place = document.createElement("div");
    main.insertBefore(place, incidents.map(i => i.nodes[0]).reduce((a, b) => a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_PRECEDING ? b : a));
    place.before(...list.flatMap(i => i.nodes));
    place.remove();
    for (const at of new Set([...others.values()].flat().map(l => l.parentElement))) {
      const lines = list.flatMap(i => (others.get(i.id) || []).filter(l => l.parentElement === at));
      place = document.createComment("");
      lines.reduce((a, b) => a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_PRECEDING ? b : a).before(place);
      place.before(...lines);
      place.remove();
    }
  }

  if (incidents.length > 1) {
    bands.forEach((b, n) => {
      if (incidents.some(i => i.band === n + 1)) option(field("band"), n + 1, n === 4 ? b : b + " and above");
    });
    const all = key => [...new Set(incidents.flatMap(i => i[key]))].sort();
    for (const k of all("kinds")) option(field("kind"), k, k);
    for (const s of all("sources")) option(field("source"), s, s);
    tools.addEventListener("input", e => {
      if (e.target === field("order")) sort();
      if (e.target !== field("theme")) apply();
    });
    tools.addEventListener("reset", () => setTimeout(() => { sort(); apply(); setTheme(); }));
    apply();
  } else {
    for (const e of tools.elements) if (e.name !== "theme" && e.name !== "fold") (e.closest("label") || e).hidden = true;
  }
  tools.addEventListener("submit", e => e.preventDefault());
  tools.hidden = false;

  // A link to a hidden incident shows it again.
  addEventListener("hashchange", () => {
    const at = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (at && at.hidden) {
      tools.reset();
      setTimeout(() => at.scrollIntoView(), 10);
    }
  });

  const excerpts = [...main.querySelectorAll("details.excerpt")];
  field("fold").hidden = excerpts.length === 0;
  field("fold").addEventListener("click", () => {
    const fold = field("fold").getAttribute("aria-pressed") === "false";
    field("fold").setAttribute("aria-pressed", String(fold));
    for (const d of excerpts) d.open = !fold;
  });
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = excerpts.filter(d => !d.open);
    for (const d of folded) d.open = true;
  });
  addEventListener("afterprint", () => { for (const d of folded) d.open = false; });

  // The choice of colours is kept where the browser lets a file keep something.
  const kept = { get: () => { try { return localStorage.getItem("practicum-colours") || ""; } catch { return ""; } },
    set: v => { try { localStorage.setItem("practicum-colours", v); } catch { /* it holds for this visit */ } } };
  function setTheme() {
    const v = field("theme").value;
    if (v) document.documentElement.dataset.theme = v;
    else delete document.documentElement.dataset.theme;
  }
  field("theme").value = kept.get();
  setTheme();
  field("theme").addEventListener("change", () => { setTheme(); kept.set(field("theme").value); });

  // The link beside a heading puts the section's address into the clipboard, and says so.
  main.addEventListener("click", e => {
    const a = e.target.closest("a.anchor");
    if (!a || !navigator.clipboard) return;
    navigator.clipboard.writeText(a.href).then(() => {
      a.dataset.done = "copied";
      setTimeout(() => delete a.dataset.done, 1500);
      const before = field("count").textContent;
      field("count").textContent = "The link is copied.";
      setTimeout(() => { field("count").textContent = before; }, 1500);
    }, () => {});
  });

  // The contents mark the section that is being read.
  const lines = new Map([...document.querySelectorAll("nav.contents a")].map(a => [a.getAttribute("href").slice(1), a]));
  const heads = [...main.querySelectorAll("h2[id]")];
  let current = null, waiting = false;
  function mark() {
    waiting = false;
    let at = null;
    for (const h of heads) if (!h.hidden && h.getBoundingClientRect().top < innerHeight / 3 && (!at || h.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_PRECEDING)) at = h;
    const a = at && lines.get(encodeURIComponent(at.id)) || at && lines.get(at.id);
    if (a === current) return;
    if (current) current.removeAttribute("aria-current");
    current = a;
    if (!a) return;
    a.setAttribute("aria-current", "true");
    const nav = a.closest("nav"), box = nav.getBoundingClientRect(), own = a.getBoundingClientRect();
    if (getComputedStyle(nav).position === "sticky" && (own.top < box.top || own.bottom > box.bottom)) nav.scrollTop += own.top - box.top - box.height / 2;
  }
  addEventListener("scroll", () => { if (!waiting) { waiting = true; requestAnimationFrame(mark); } }, { passive: true });
  mark();
})();
