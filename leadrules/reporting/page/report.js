// The page is whole without this. A cell knows its heading, for narrow screens, where a table that is too wide has
// its rows one below the other; a heading that is pressed sorts; figures that are folded are unfolded to be printed.
var narrow = window.matchMedia("screen and (max-width: 40rem)");
function fit() {
  document.querySelectorAll(".scroll").forEach(function (box) {
    box.classList.remove("stacked");
    if (narrow.matches && box.scrollWidth > box.clientWidth + 1) box.classList.add("stacked");
  });
}
document.querySelectorAll("table").forEach(function (table) {
  var headings = Array.from(table.tHead.rows[0].cells).map(function (one) { return one.textContent.trim(); });
  table.querySelectorAll("tbody tr, tfoot tr").forEach(function (row) {
    Array.from(row.cells).forEach(function (cell, at) { if (at) cell.setAttribute("data-label", headings[at]); });
  });
});
document.querySelectorAll("table.sortable").forEach(function (table) {
  var body = table.tBodies[0], headings = Array.from(table.tHead.rows[0].cells);
  function key(row, at) {
    var cell = row.cells[at], said = cell.getAttribute("data-sort");
    return said === null ? cell.textContent.trim() : Number(said);
  }
  if (body.rows.length < 2) return;
  headings.forEach(function (heading, at) {
    var button = document.createElement("button");
    button.type = "button";
    while (heading.firstChild) button.appendChild(heading.firstChild);
    heading.appendChild(button);
    button.addEventListener("click", function () {
      var before = heading.getAttribute("aria-sort");
      var falling = before ? before === "ascending" : heading.classList.contains("n");
      headings.forEach(function (other) { other.removeAttribute("aria-sort"); });
      heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
      Array.from(body.rows).sort(function (one, other) {
        var a = key(one, at), b = key(other, at);
        var order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
        return falling ? -order : order;
      }).forEach(function (row) { body.appendChild(row); });
    });
  });
});
document.querySelectorAll("details").forEach(function (one) { one.addEventListener("toggle", fit); });
window.addEventListener("resize", fit);
fit();
window.addEventListener("beforeprint", function () {
  document.querySelectorAll("details:not(.more):not([open])").forEach(function (one) {
    one.open = true;
    one.setAttribute("data-folded", "");
  });
});
window.addEventListener("afterprint", function () {
  document.querySelectorAll("details[data-folded]").forEach(function (one) {
    one.open = false;
    one.removeAttribute("data-folded");
  });
});
