"use strict";
const byId = id => document.getElementById(id);
const make = (tag, text, name) => {
  const e = document.createElement(tag);
  if (text !== undefined) e.textContent = text;
  if (name) e.className = name;
  return e;
};
let frame = null, next = null, shown = 0;

// The place in the report: the last heading above the top of the window and the distance from it,
// so that text which grows above does not move what is being read.
function place() {
  if (!frame || !frame.contentDocument || !frame.contentDocument.body) return null;
  const doc = frame.contentDocument, view = frame.contentWindow;
  let id = null, top = 0;
  for (const h of doc.querySelectorAll("h1[id],h2[id],h3[id]")) {
    const y = h.getBoundingClientRect().top;
    if (y > 1) break;
    id = h.id;
    top = y;
  }
  return { id, top, y: view.scrollY };
}

function restore(at) {
  const view = next.contentWindow, doc = next.contentDocument;
  const h = at.id && doc.getElementById(at.id);
  if (h) view.scrollTo({ top: view.scrollY + h.getBoundingClientRect().top - at.top, behavior: "instant" });
  else view.scrollTo({ top: at.y, behavior: "instant" });
}

// A link out of the report opens beside it; the frame stays.
function links(doc) {
  doc.addEventListener("click", event => {
    const a = event.target.closest && event.target.closest("a[href]");
    if (!a || a.getAttribute("href").startsWith("#")) return;
    event.preventDefault();
    window.open(a.href, "_blank", "noopener,noreferrer");
  });
}

// The new page is drawn behind the old one and takes its place once it is whole.
function load(version) {
  if (next) next.remove();
  const f = next = make("iframe");
  f.title = "Report";
  f.className = "next";
  f.setAttribute("sandbox", "allow-same-origin allow-popups allow-popups-to-escape-sandbox");
  f.addEventListener("load", () => {
    if (f !== next) return;
    const at = place();
    links(f.contentDocument);
    if (at) restore(at);
    f.className = "";
    if (frame) frame.remove();
    frame = f;
    next = null;
    shown = version;
    document.body.dataset.version = version;
  });
  f.src = "/report.html?v=" + version;
  byId("frames").append(f);
}

function go(incident) {
  const doc = frame && frame.contentDocument;
  const h = doc && doc.getElementById("incident-" + incident);
  if (h) h.scrollIntoView();
}

function item(line, incident, text) {
  const li = make("li"), b = make("button");
  b.type = "button";
  b.append(make("span", "line " + line + (incident ? ", incident " + incident : "") + " ", "where"), text);
  b.addEventListener("click", () => go(incident));
  li.append(b);
  return li;
}

function draw(s) {
  document.title = "Preview: " + s.file;
  byId("file").textContent = s.file.split("/").pop();
  byId("file").title = s.file;
  const error = byId("error");
  error.hidden = !s.error;
  if (s.error) error.textContent = (s.error.line ? "Line " + s.error.line + ": " : "") + s.error.text + "\nThe last version that could be drawn is shown.";
  byId("prompts").replaceChildren(...s.prompts.map(p => item(p.line, p.incident, p.message)));
  byId("prompts-count").textContent = s.prompts.length;
  byId("findings").replaceChildren(...s.findings.map(f => item(f.line, f.incident, f.message)));
  byId("findings-count").textContent = s.findings.length;
  byId("severities").replaceChildren(...s.severities.map(v => {
    const row = make("tr"), n = make("td"), b = make("button", v.incident || "–");
    b.type = "button";
    b.title = v.title;
    b.addEventListener("click", () => go(v.incident));
    n.append(b);
    row.append(n, make("td", v.sum || "–"), make("td", v.band || "–"),
      make("td", v.agrees ? "agrees" : "disagrees", v.agrees ? "" : "bad"));
    return row;
  }));
}

let asked = 0;
async function refresh() {
  const turn = ++asked;
  const answer = await fetch("/state.json", { cache: "no-store" });
  const s = await answer.json();
  if (turn !== asked) return;
  draw(s);
  if (s.version !== shown) load(s.version);
}

const events = new EventSource("/events");
const status = text => { byId("status").textContent = text; };
events.addEventListener("open", () => { status("live"); });
events.addEventListener("change", () => { refresh().catch(() => status("not reached")); });
events.addEventListener("error", () => { status("not connected; is the preview still running?"); });
