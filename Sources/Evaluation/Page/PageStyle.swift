/// The style sheet of the page. Blue and vermilion are those of Okabe and Ito.
enum PageStyle {
    static let sheet = """
        :root{--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--first:#0072b2;--second:#d55e00}
        *{box-sizing:border-box}
        body{margin:0;background:#fff;color:var(--ink);font:15px/1.5 system-ui,"Noto Sans","DejaVu Sans",sans-serif}
        .banner{margin:0;padding:.6rem 1.5rem;background:#7a1f1f;color:#fff}
        main{max-width:1120px;margin:0 auto;padding:1rem 1.5rem 3rem}
        h1{font-size:1.7rem;margin:.6rem 0 .1rem}
        h2{font-size:1.2rem;margin:2rem 0 .5rem;padding-bottom:.2rem;border-bottom:2px solid var(--ink)}
        h3{font-size:1rem;margin:0 0 .3rem}
        .m,figcaption,.i,footer{color:var(--soft)}
        .i,figcaption,footer{font-size:.87em}
        .i{white-space:nowrap}
        code{font:.9em ui-monospace,"DejaVu Sans Mono",monospace}
        .tiles{display:flex;flex-wrap:wrap;gap:.6rem;margin:1rem 0}
        .tiles div{border:1px solid var(--line);border-radius:6px;padding:.4rem .9rem;min-width:6rem}
        .tiles b{display:block;font-size:1.35rem;line-height:1.3}
        .tiles span{color:var(--soft)}
        .two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(380px,100%),1fr));gap:0 2rem;align-items:start}
        .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(420px,100%),1fr));gap:1.6rem 2rem}
        section{overflow-x:auto}
        figure{margin:0;break-inside:avoid}
        svg{width:100%;height:auto;display:block}
        table{border-collapse:collapse;width:100%;margin:.4rem 0;font-variant-numeric:tabular-nums}
        th,td{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top}
        thead th{border-bottom:1px solid var(--ink);font-size:.87em}
        tbody th{font-weight:500}
        .confusion td,.confusion th{padding:.8rem;text-align:center;border:1px solid var(--line)}
        .confusion td b{display:block;font-size:1.5rem}
        .confusion .right{background:#e3f0f8}.confusion .wrong{background:#fbeadf}
        .warn{margin:.6rem 0;padding:.5rem 1rem .5rem 2rem;border-left:5px solid var(--second);background:#fdf3ec}
        .g{stroke:#e6e9ed;stroke-width:1}
        .k{font-size:12px;fill:var(--soft)}.n{font-size:13px;fill:var(--ink)}.l{font-size:12px;fill:var(--ink)}
        polyline{fill:none;stroke-width:2.2;stroke-linejoin:round}
        polyline.c1{stroke:var(--first)}polyline.c2{stroke:var(--second);stroke-dasharray:6 3}
        polyline.c0{stroke:#6e7781;stroke-width:1.4;stroke-dasharray:2 3}
        .a{stroke:none;opacity:.16}.a.c1{fill:var(--first)}
        .d.c1{fill:var(--first)}.d.c2{fill:var(--second);stroke:#fff;stroke-width:1.5}
        .b.c1{fill:var(--first)}.b.c2{fill:var(--second)}.b.c0{fill:#8c959f;opacity:.16}
        @media print{body{font-size:11px}main{max-width:none;padding:0}.banner{print-color-adjust:exact;
        -webkit-print-color-adjust:exact}section{break-inside:auto}h2{break-after:avoid}
        .charts{grid-template-columns:1fr 1fr;gap:.8rem}.two{grid-template-columns:1fr 1fr}
        figure,table,.b,.d,.a,.confusion td{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
        @page{margin:14mm}
        """
}
