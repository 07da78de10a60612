/// The page at `/`: a model's task on a text of one's own, its card with the measured drift, and live latency.
enum Page {
    /// Nothing comes from elsewhere, and nothing goes there.
    static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    static let route = Route(
        get: "/", .embeddingsInference, "A page to try the models on.", .string,
        contentType: "text/html; charset=utf-8", isOpen: true
    ) { _ in Reply(text: html) }

    private static let html =
        #"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>albit-server</title>
        <link rel="icon" href="data:,">
        <style>
        """# + style
            + #"""
            </style>
            </head>
            <body>
            <header><h1>albit-server</h1><p id="latency" aria-label="Latency">no request yet</p></header>
            <main>
            <form id="form">
            <div class="row">
            <label>Model <select id="model"></select></label>
            <label>Task <select id="task"></select></label>
            <label id="key-label" hidden>Key <input id="key" type="password" autocomplete="off"></label>
            </div>
            <div id="fields"></div>
            <button>Ask <kbd>Ctrl Enter</kbd></button>
            </form>
            <section aria-labelledby="answer-title">
            <h2 id="answer-title">Answer</h2>
            <div id="answer" role="status" aria-live="polite"><p class="dim">Nothing asked yet.</p></div>
            </section>
            <section aria-labelledby="card-title">
            <h2 id="card-title">Card</h2>
            <div id="card"></div>
            </section>
            </main>
            <script>
            """# + PageScript.text
            + #"""
            </script>
            </body>
            </html>
            """#

    private static let style = #"""
        :root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --dim: #59636e; --line: #d0d7de;
          --bar: #2f6fb5; --mark: #cfe3fb; --bad: #b3261e; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #12161b; --dim: #9aa5b1;
          --line: #353c45; --bar: #6aa9ec; --mark: #1f4068; --bad: #ff8f86; } }
        * { box-sizing: border-box; } [hidden] { display: none !important; }
        body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
        header, main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
        header { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 0 1rem;
          border-bottom: 1px solid var(--line); }
        h1 { font-size: 1.25rem; margin: 0; } h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
        header p { margin: 0; } .dim, header p, small { color: var(--dim); }
        .row { display: flex; flex-wrap: wrap; gap: 1rem; }
        label { display: block; margin: .5rem 0; font-weight: 600; }
        select, input, textarea, button { font: inherit; font-weight: 400; color: inherit; width: 100%;
          background: var(--paper);
          border: 1px solid var(--dim); border-radius: .4rem; padding: .5rem; min-height: 2.75rem; }
        .row label { flex: 1 1 12rem; min-width: 0; }
        textarea { min-height: 6rem; resize: vertical; }
        button { cursor: pointer; font-weight: 600; width: auto; padding: .5rem 1.5rem; }
        kbd { font: inherit; font-weight: 400; color: var(--dim); font-size: .85em; margin-left: .5rem; }
        :focus-visible { outline: 3px solid var(--bar); outline-offset: 2px; }
        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; padding: .3rem .6rem .3rem 0; vertical-align: top; overflow-wrap: anywhere; }
        td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        tr + tr { border-top: 1px solid var(--line); }
        .bar { display: block; margin-top: .5rem; height: .5rem; background: var(--bar); border-radius: .25rem;
          min-width: 1px; }
        .text { white-space: pre-wrap; overflow-wrap: anywhere; }
        mark { color: inherit; background: var(--mark); border-radius: .25rem; padding: 0 .15rem; }
        mark small { margin-left: .3rem; font-weight: 600; color: inherit; }
        .bad { color: var(--bad); } pre { overflow-x: auto; }
        """#
}
