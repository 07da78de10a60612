/// The look of the report page: system fonts, two colour schemes, one column on phones and paper.
enum PageStyle {
    static let css = """
        :root{color-scheme:light \
        dark;--paper:#fbfaf7;--card:#fff;--ink:#1d1f23;--soft:#62666f;--line:#e3e0d9;--bar:#2f6f8f;
        --pale:#b9c9d1;--good:#1d7a4b;--bad:#b3352c;--even:#8a6412}
        @media(prefers-color-scheme:dark){:root{--paper:#15171a;--card:#1c1f23;--ink:#e8e6e1;--soft:#a0a5ae;\
        --line:#30343a;
        --bar:#6fb3d2;--pale:#44555f;--good:#63c592;--bad:#f0857b;--even:#dfb45c}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe \
        UI",Roboto,"Noto Sans",sans-serif;
        font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
        main{max-width:60rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
        header{border-left:.35rem solid var(--tone);padding-left:1.1rem}
        .good{--tone:var(--good)}.bad{--tone:var(--bad)}.even{--tone:var(--even)}
        .kind{margin:0;color:var(--soft);font-size:.875rem}
        h1{margin:.1rem 0 \
        .3rem;font-size:clamp(1.7rem,5vw,2.5rem);line-height:1.15;letter-spacing:-.015em;color:var(--tone)}
        header p:last-child{margin:0;font-size:1.1rem;max-width:44rem}
        h2{margin:2.6rem 0 .8rem;font-size:1.15rem;break-after:avoid}
        .figures{display:flex;flex-wrap:wrap;gap:1px;margin:2rem 0 0;background:var(--line);
        border:1px solid var(--line);border-radius:.6rem;overflow:hidden}
        .figures div{flex:1 1 9rem;background:var(--card);padding:.9rem 1rem}
        dt,.note,figcaption,th{color:var(--soft);font-size:.875rem;font-weight:400}
        dd{margin:0;font-size:1.45rem;font-weight:600;line-height:1.3;white-space:nowrap}
        .note{margin:.4rem 0 0}
        table{width:100%;border-collapse:collapse;overflow-wrap:normal}
        th,td{padding:.5rem .6rem .5rem 0;border-bottom:1px solid var(--line);text-align:right}
        th:first-child,td:first-child{text-align:left;overflow-wrap:anywhere;min-width:4.5rem}
        .hit{font-weight:600;background:color-mix(in srgb,var(--bar) 14%,transparent)}.scroll{overflow-x:auto}.matrix \
        th,.matrix td{padding:.4rem .5rem}
        .pairs{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:1.25rem}
        .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:1.25rem;\
        margin-top:2.6rem}
        figure{margin:0;padding:1rem 1.1rem;background:var(--card);border:1px solid \
        var(--line);border-radius:.6rem;break-inside:avoid}
        figure h2{margin:0}
        figcaption{min-height:2.7em}
        svg{display:block;width:100%;height:auto;margin-top:.6rem}
        svg text{fill:var(--soft);font-size:11px}
        .bar{fill:var(--bar)}.pale{fill:var(--pale)}.grid{stroke:var(--line)}.cell{fill:var(--bar);stroke:var(--line)}\
        .framed{stroke:var(--ink)}
        svg .over{fill:var(--card)}.limit{stroke:var(--bad);stroke-dasharray:4 3}
        ol{list-style:none;margin:0;padding:0}
        li{padding:1rem 0;border-top:1px solid var(--line);break-inside:avoid}
        li p{margin:0 0 .4rem}
        .pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr));gap:.2rem 1.5rem}
        .pair span{color:var(--soft);font-size:.875rem;display:block}
        .flip{color:var(--bad)}
        pre{margin:0;padding:1rem 1.1rem;background:var(--card);border:1px solid var(--line);border-radius:.6rem;
        white-space:pre-wrap;font:.9rem/1.5 ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace}
        @media(max-width:34rem){main{padding:1.5rem 1rem \
        3rem}.wide{display:none}th,td{font-size:.8rem;padding-right:.3rem}}
        @media \
        print{:root{--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--bar:#2f6f8f;--pale:#b9c9d1;\
        --good:#1d7a4b;--bad:#b3352c;
        --even:#8a6412}main{max-width:none;padding:0}}
        """
}
