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

function restore(f, at) {
  const view = f.contentWindow, doc = f.contentDocument;
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
    // The place is kept here, and not by the browser as well.
    f.contentDocument.documentElement.style.overflowAnchor = "none";
    // Nor may what is far off the screen take another height once it comes near.
    f.contentDocument.styleSheets[0]?.insertRule("main > * { content-visibility: visible !important; }", 0);
    if (at) restore(f, at);
    f.className = "";
    if (frame) frame.remove();
    frame = f;
    next = null;
    // The file may have been saved once more since: the address tells which version came.
    done(Number(new URL(f.contentWindow.location).searchParams.get("v")));
    show(wanted).catch(() => status("not reached"));
  });
  f.src = "/report.html?v=" + version;
  byId("frames").append(f);
}

function done(version) {
  shown = version;
  wanted = Math.max(wanted, version);
  document.body.dataset.version = version;
}

// The blocks that are new go into the page, and the others to where they are now. It gives up where
// the page is not what it has to be.
function patch(changes) {
  const doc = frame.contentDocument, main = doc && doc.querySelector("main");
  if (changes.reload || !main || main.children.length !== changes.was) return false;
  const old = [...main.children], list = [];
  for (const run of changes.runs) {
    if (run.count) {
      list.push(...old.slice(run.from || 0, (run.from || 0) + run.count));
      continue;
    }
    const t = doc.createElement("template");
    t.innerHTML = run.html;
    if (t.content.children.length !== 1) return false;
    list.push(doc.importNode(t.content.firstElementChild, true));
  }
  const at = place(), stay = new Set(list);
  for (const e of old) if (!stay.has(e)) e.remove();
  let here = main.firstElementChild;
  for (const e of list) {
    if (e === here) here = here.nextElementSibling;
    else main.insertBefore(e, here);
  }
  if (changes.around) {
    const around = new DOMParser().parseFromString(changes.around, "text/html");
    doc.title = around.title;
    const was = doc.querySelector("nav.contents"), now = around.querySelector("nav.contents");
    if (was) was.remove();
    if (now) main.before(doc.importNode(now, true));
  }
  if (at) restore(frame, at);
  done(changes.version);
  return true;
}

let wanted = 0, patching = false;
async function show(version) {
  wanted = version;
  if (next || patching) return; // they look at wanted when they are done
  patching = true;
  try {
    while (wanted !== shown && !next) {
      const answer = frame && await fetch("/changes.json?from=" + shown, { cache: "no-store" });
      if (!answer || !patch(await answer.json())) load(wanted);
    }
  } finally {
    patching = false;
  }
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

const drawn = {};
function fill(id, list, make) {
  const said = JSON.stringify(list);
  if (drawn[id] === said) return;
  drawn[id] = said;
  byId(id).replaceChildren(...list.map(make));
}

function draw(s) {
  document.title = "Preview: " + s.file;
  byId("file").textContent = s.file.split("/").pop();
  byId("file").title = s.file;
  const error = byId("error");
  error.hidden = !s.error;
  if (s.error) error.textContent = (s.error.line ? "Line " + s.error.line + ": " : "") + s.error.text + "\nThe last version that could be drawn is shown.";
  fill("prompts", s.prompts, p => item(p.line, p.incident, p.message));
  byId("prompts-count").textContent = s.prompts.length;
  fill("findings", s.findings, f => item(f.line, f.incident, f.message));
  byId("findings-count").textContent = s.findings.length;
  fill("severities", s.severities, v => {
    const row = make("tr"), n = make("td"), b = make("button", v.incident || "–");
    b.type = "button";
    b.title = v.title;
    b.addEventListener("click", () => go(v.incident));
    n.append(b);
    row.append(n, make("td", v.sum || "–"), make("td", v.band || "–"),
      make("td", v.agrees ? "agrees" : "disagrees", v.agrees ? "" : "bad"));
    return row;
  });
}

let asked = 0;
async function refresh() {
  const turn = ++asked;
  const answer = await fetch("/state.json", { cache: "no-store" });
  const s = await answer.json();
  if (turn !== asked) return;
  draw(s);
}

const events = new EventSource("/events");
const status = text => { byId("status").textContent = text; };
events.addEventListener("open", () => { status("live"); });
let server = null;
events.addEventListener("change", event => {
  const now = JSON.parse(event.data);
  if (server !== null && server !== now.server) location.reload(); // another one, with versions of its own
  server = now.server;
  show(now.version).then(refresh).catch(() => status("not reached"));
});
events.addEventListener("error", () => { status("not connected; is the preview still running?"); });
