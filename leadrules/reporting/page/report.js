// Sorts a table by the column whose heading is pressed; the page is whole without it.
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
