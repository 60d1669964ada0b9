"use strict";
(function () {
  const page = JSON.parse(document.getElementById("report-data").textContent);
  const root = document.documentElement;
  const narrowestPanel = 250;

  // Rows travel by column; each chart gets rows of its own, as Vega writes into those it draws.
  function rowsOf(packed) {
    const length = packed.values.length ? packed.values[0].length : 0;
    return Array.from({ length }, (_, row) => {
      const found = {};
      packed.columns.forEach((name, column) => {
        const value = packed.values[column][row];
        if (value !== null) found[name] = value;
      });
      return found;
    });
  }

  // Plots take the width that the page has, down to what is readable; panels move under each other where there
  // is little.
  function fitted(chart, width) {
    const spec = structuredClone(chart.spec);
    const room = spec.usermeta.vado;
    spec.datasets = {};
    for (const [name, key] of Object.entries(chart.data)) spec.datasets[name] = rowsOf(page.data[key]);
    if (room.fixed) return spec;
    const least = Math.max(room.minimum, room.panels ? narrowestPanel : 0);
    if (room.legend) {
      const beside = Math.max(width, room.minimum) - room.indent;
      spec.config.legend.columns = Math.max(1, Math.floor(beside / room.legend));
    }
    if (room.panels) {
      spec.columns = Math.max(1, Math.min(room.panels, Math.floor(width / least)));
      spec.spec.width = Math.floor(Math.max(width / spec.columns, least)) - room.gutter;
    } else {
      spec.width = Math.max(width, least);
    }
    return spec;
  }

  function tooltip(value, escaped) {
    if (typeof value !== "object" || value === null) return escaped(value);
    const rows = Object.entries(value)
      .filter(([, cell]) => cell !== undefined && !["", "null", "undefined", "NaN"].includes(String(cell)))
      .map(([name, cell]) => `<tr><td class="key">${escaped(name)}</td><td class="value">${escaped(cell)}</td></tr>`);
    return `<table>${rows.join("")}</table>`;
  }

  async function draw(chart) {
    const element = document.getElementById(chart.element);
    try {
      const drawn = await vegaEmbed(element, fitted(chart, element.clientWidth), {
        actions: false, ast: true, renderer: "svg", mode: "vega-lite", tooltip: { formatTooltip: tooltip },
      });
      chart.view = drawn;
      // Shrunk below this width its letters could not be read: the chart scrolls instead.
      const room = chart.spec.usermeta.vado;
      const svg = element.querySelector("svg");
      if (svg) svg.style.minWidth = room.minimum + "px";
      return true;
    } catch (error) {
      element.textContent = "This chart could not be drawn: " + error.message;
      element.classList.add("missing");
      console.error(chart.element, error);
      return false;
    }
  }

  async function drawAll() {
    let drawn = 0;
    for (const chart of page.charts) {
      if (chart.view) chart.view.finalize();
      if (await draw(chart)) drawn += 1;
    }
    root.dataset.charts = drawn + " of " + page.charts.length;
  }

  let width = document.body.clientWidth;
  let waiting = 0;
  window.addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (Math.abs(document.body.clientWidth - width) < 8) return;
      width = document.body.clientWidth;
      drawAll();
    }, 250);
  });
  drawAll();
})();
