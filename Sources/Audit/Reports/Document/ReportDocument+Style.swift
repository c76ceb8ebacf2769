extension ReportDocument {
    /// The page's style, on screen and on paper. Marks differ in words, borders and weight too, not in colour alone.
    static func style(notice: String) -> String {
        """
        @page { size: A4 landscape; margin: 14mm 12mm 16mm 12mm;
          @bottom-left { content: "\(quoted(notice))"; font: 7.5pt sans-serif; color: #555; width: 80%; }
          @bottom-right { content: "page " counter(page) " of " counter(pages); font: 7.5pt sans-serif; color: #555; } }
        :root { color-scheme: light; }
        body { font: 10.5pt/1.4 "Segoe UI", "Noto Sans", "DejaVu Sans", Arial, sans-serif; color: #1a1a1a;
          background: #fff; margin: 0 auto; max-width: 76rem; padding: 1.2rem; }
        h1 { font-size: 1.7em; line-height: 1.2; margin: .3em 0 .1em; }
        h2 { font-size: 1.15em; margin: 1.6em 0 .4em; padding-bottom: .15em; border-bottom: 1.5px solid #1f4e79;
          color: #1f4e79; page-break-after: avoid; break-after: avoid; }
        p { margin: .35em 0; max-width: 62rem; }
        .subtitle { font-size: 1.1em; color: #333; }
        .notice { font-size: .82em; color: #555; }
        table { border-collapse: collapse; width: 100%; margin: .5em 0 .8em; font-size: .88em; }
        th, td { text-align: left; vertical-align: top; padding: .28em .5em; border: 1px solid #cfd6dd;
          overflow-wrap: anywhere; }
        thead th { overflow-wrap: normal; }
        table.columns6, table.columns7 { table-layout: fixed; }
        .columns6 th:nth-child(1), .columns7 th:nth-child(1) { width: 14.5em; }
        .columns6 th:nth-child(2), .columns7 th:nth-child(2) { width: 15%; }
        .columns6 th:nth-child(4), .columns7 th:nth-child(4) { width: 14%; }
        .columns6 th:nth-child(5), .columns7 th:nth-child(5) { width: 10%; }
        .columns7 th:nth-child(6) { width: 17%; }
        .columns6 th:nth-child(6), .columns7 th:nth-child(7) { width: 5.5em; }
        table.rows thead th { background: #e8eef4; font-weight: 600; border-bottom: 1.5px solid #1f4e79; }
        thead { display: table-header-group; }
        tr { page-break-inside: avoid; break-inside: avoid; }
        table.rows td:first-child { white-space: nowrap; }
        table.rows td:last-child { font-variant-numeric: tabular-nums; }
        table.facts { width: auto; max-width: 62rem; }
        table.facts th { font-weight: 600; background: #f4f6f8; white-space: nowrap; }
        table.blanks { width: 60%; } table.blanks th { width: 14rem; } table.blanks td { height: 1.9em; }
        .further { color: #555; font-size: .9em; }
        tr.faint td { color: #6b6b6b; background: #fafafa; }
        .good { color: #14532d; font-weight: 600; }
        .warning, tr.warning td { background: #fff6dd; }
        p.warning { border-left: 5px solid #b77900; padding: .4em .7em; }
        .alarm { color: #8a0f0f; font-weight: 700; }
        tr.alarm td { background: #fdecec; color: #5d0b0b; font-weight: 400; }
        tr.alarm td:first-child { border-left: 5px solid #b3261e; }
        p.alarm { border: 2px solid #b3261e; padding: .4em .7em; background: #fdecec; }
        p.good { border-left: 5px solid #2e7d32; padding: .4em .7em; background: #eef7ee; }
        @media print { body { max-width: none; padding: 0; font-size: 9pt; } header .notice, footer { display: none; }
          td, th, p { -webkit-print-color-adjust: exact; print-color-adjust: exact; } }
        """
    }

    private static func quoted(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.filter { $0.isASCII && isShown($0) && !"\"\\<>&".unicodeScalars.contains($0) }))
    }
}
