/// The one stylesheet of the pages, embedded: no network, readable in print. Contrast is 7:1 or more for text.
enum Stylesheet {
    static let text: Markup = """
        :root { color-scheme: light; --ink: #14202b; --quiet: #44525e; --line: #c9d3db; --paper: #ffffff;
          --ground: #eef2f5; --accent: #0b4f7d; --warn: #6b3a00; --warn-ground: #fff1d6; --warn-line: #d98a00;
          --stop: #8c1220; --stop-ground: #fde8ea; }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--ground); color: var(--ink);
          font: 16px/1.5 system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", Arial, sans-serif; }
        a { color: var(--accent); }
        a:focus-visible, summary:focus-visible { outline: 3px solid var(--warn-line); outline-offset: 2px; }
        .skip { position: absolute; left: -100rem; }
        .skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .25rem .5rem; z-index: 3; }
        .place { background: #14202b; color: #fff; padding: .35rem 0; font-size: .875rem; }
        .place a { color: #fff; }
        .inner { max-width: 60rem; margin: 0 auto; padding: 0 1rem; }
        .patient { background: #dfeaf3; border-bottom: 2px solid var(--accent); padding: .6rem 0;
          position: sticky; top: 0; z-index: 2; }
        .patient .inner { display: flex; flex-wrap: wrap; gap: .1rem 1.75rem; align-items: baseline; }
        .patient .name { font-size: 1.3rem; font-weight: 700; margin: 0; }
        .patient dl { display: flex; flex-wrap: wrap; gap: .1rem 1.5rem; margin: 0; }
        .patient dl div { display: flex; gap: .4rem; }
        .patient dt { color: var(--quiet); } .patient dd { margin: 0; font-weight: 600; }
        .status { padding: .8rem 0; border-bottom: 3px solid var(--warn-line); background: var(--warn-ground);
          color: var(--warn); }
        .status.stop { background: var(--stop-ground); border-color: var(--stop); color: var(--stop); }
        .status strong { font-size: 1.45rem; line-height: 1.2; display: block; }
        main { padding: 1rem 0 2rem; }
        h1 { font-size: 1.5rem; margin: .5rem 0 .25rem; line-height: 1.25; }
        h2 { font-size: 1.05rem; margin: 0 0 .5rem; color: var(--accent); }
        section { background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: 1rem 1.25rem;
          margin: 0 0 1rem; overflow-x: auto; }
        .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(21rem, 1fr)); gap: 0 1rem;
          align-items: start; }
        .said { font-size: 1.35rem; font-weight: 700; margin: 0 0 .25rem; line-height: 1.3; }
        .refused { border-left: 6px solid var(--stop); }
        .refused .said { color: var(--stop); }
        .quiet { color: var(--quiet); }
        p { margin: 0 0 .6rem; } ul { margin: 0; padding-left: 1.2rem; } li { margin: 0 0 .3rem; }
        dl.facts { display: grid; grid-template-columns: minmax(7rem, 11rem) 1fr; gap: .3rem 1rem; margin: 0; }
        dl.facts dt { color: var(--quiet); } dl.facts dd { margin: 0; overflow-wrap: anywhere; }
        figure { margin: 0; } figure + figure { margin-top: 1rem; }
        figure img { display: block; max-width: 100%; height: auto; background: #000;
          border: 1px solid var(--line); min-width: min(22rem, 100%); image-rendering: auto; }
        figcaption { margin-top: .5rem; font-size: .9rem; }
        table { border-collapse: collapse; width: 100%; font-size: .95rem; }
        caption { text-align: left; color: var(--quiet); padding-bottom: .4rem; }
        th, td { text-align: left; vertical-align: top; padding: .4rem .7rem .4rem 0;
          border-bottom: 1px solid var(--line); }
        th { font-weight: 600; } th .quiet { font-weight: 400; }
        .mono { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .85em; }
        .tag { display: inline-block; border: 1px solid currentColor; border-radius: 4px; padding: 0 .4rem;
          font-size: .85rem; font-weight: 600; white-space: nowrap; }
        .tag.warn { color: var(--warn); background: var(--warn-ground); }
        .tag.stop { color: var(--stop); background: var(--stop-ground); }
        .scale { width: 100%; max-width: 34rem; height: auto; display: block; }
        .scale .track { fill: #e3e9ee; stroke: #6a7884; } .scale .zone { fill: #f3d9a8; }
        .scale .limit { stroke: #14202b; stroke-width: 2; stroke-dasharray: 4 3; }
        .scale .value { fill: #0b4f7d; stroke: #0b4f7d; stroke-width: 3; stroke-linejoin: round; }
        .scale .spread { fill: none; stroke: #0b4f7d; stroke-width: 2; }
        .scale .brace { fill: none; stroke: #6a7884; }
        .scale text { font: 13px system-ui, "DejaVu Sans", Arial, sans-serif; fill: #14202b; }
        .scale .strong { font-weight: 700; }
        footer { border-top: 1px solid var(--line); padding: 1rem 0 2rem; color: var(--quiet); font-size: .9rem; }
        @media print { body { background: #fff; font-size: 11pt; } .place, .skip, .links { display: none; }
          .patient, .status { position: static; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
          section { border: 0; border-top: 1px solid #999; border-radius: 0; padding: .5rem 0; break-inside: avoid; } }
        """
}
