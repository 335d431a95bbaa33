// The search of the archive's pages. It reads what readme/find/ holds of each
// page of people, when somebody first looks for something.
"use strict";
(function () {
  var root = document.body.dataset.root, me = document.querySelector("script[src$='sidekeep.js']");
  var people = null, waiting = 0;

  function plain(s) {
    return s.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  }
  function load(name, then) {
    var s = document.createElement("script");
    s.nonce = me.nonce;
    s.src = root + "readme/find/" + name + ".js";
    s.onload = s.onerror = then;
    document.head.append(s);
  }
  function ready() {
    if (--waiting > 0) return;
    people.sort(function (a, b) { return a.order - b.order; });
    document.dispatchEvent(new Event("people"));
  }
  function read() {
    if (people) return;
    people = [];
    waiting = 1;
    load("pages", ready);
  }
  window.sidekeepPages = function (files) {
    files.forEach(function (file, i) {
      waiting++;
      load(file, ready);
      order[file] = i;
    });
  };
  var order = {};
  window.sidekeepPeople = function (file, rows) {
    rows.forEach(function (r, i) {
      people.push({ file: file, id: r[0], name: r[1], sub: r[2], more: r[3], text: plain(r[1] + "\n" + r[2] + "\n" + r[3]), first: plain(r[1]), digits: r[3].replace(/[^0-9\n]/g, ""), order: order[file] * 100000 + i });
    });
  };
  function element(name, text, className) {
    var e = document.createElement(name);
    if (text) e.textContent = text;
    if (className) e.className = className;
    return e;
  }

  var field = document.getElementById("sought"), found = document.getElementById("found");
  if (field) {
    document.getElementById("find").hidden = false;
    field.addEventListener("focus", read);
    field.addEventListener("input", function () { read(); show(); });
    field.addEventListener("keydown", function (e) {
      if (e.key === "Escape") { field.value = ""; show(); }
      if (e.key === "Enter" || e.key === "ArrowDown") { var a = found.querySelector("a"); if (a && e.key === "Enter") a.click(); else if (a) a.focus(); e.preventDefault(); }
    });
    found.addEventListener("keydown", function (e) {
      var a = document.activeElement, to = e.key === "ArrowDown" ? a.nextSibling : e.key === "ArrowUp" ? a.previousSibling || field : e.key === "Escape" ? field : null;
      if (to && to.focus) { to.focus(); e.preventDefault(); }
    });
    found.addEventListener("click", function () { found.hidden = true; });
    document.addEventListener("people", show);
  }
  function show() {
    var words = plain(field.value).split(/\s+/).filter(Boolean), numbers = field.value.replace(/[^0-9]/g, "");
    found.replaceChildren();
    found.hidden = !words.length;
    if (!words.length) return;
    if (waiting > 0) { found.append(element("p", "Reading the index")); return; }
    var phone = numbers.length > 3 && !/[a-z]/i.test(field.value);
    var hits = people.filter(function (p) {
      return phone && p.digits.includes(numbers) || words.every(function (w) { return p.text.includes(w); });
    });
    hits.sort(function (a, b) { return b.first.startsWith(words[0]) - a.first.startsWith(words[0]); });
    hits.slice(0, 50).forEach(function (p) {
      var a = element("a");
      a.href = root + "readme/" + p.file + ".html#" + p.id;
      var hit = p.more.split("\n").find(function (l) { return plain(l).includes(words[0]) || phone && l.replace(/[^0-9]/g, "").includes(numbers); });
      a.append(element("bdi", p.name), element("small", (!p.first.includes(words[0]) && hit) || p.sub));
      found.append(a);
    });
    found.append(element("p", hits.length === 0 ? "Nobody here has this in the name, a number or any other detail." : hits.length > 50 ? "50 of " + hits.length + " people. Type more to narrow it." : hits.length === 1 ? "1 person" : hits.length + " people"));
  }

  var book = document.getElementById("book");
  if (book) {
    document.addEventListener("people", function () {
      var cards, last;
      people.forEach(function (p) {
        if (p.file.startsWith("vanished")) return;
        var letter = /^\p{L}/u.test(p.first) ? p.first[0].toUpperCase() : "#";
        if (letter !== last) {
          last = letter;
          var s = element("section", "", "letter");
          cards = element("div", "", "cards");
          s.append(element("h2", letter), cards);
          book.append(s);
        }
        var a = element("article"), h = element("h3");
        h.append(element("bdi", p.name));
        a.append(h);
        if (p.sub) a.append(element("p", p.sub, "sub"));
        a.append(element("p", p.more.trim(), "long"));
        cards.append(a);
      });
      document.getElementById("book-state").textContent = people.length + " people";
    });
    read();
  }
})();
