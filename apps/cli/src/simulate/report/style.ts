/** The look of the report: no file of its own, so that a page that is passed on is whole. */
export const STYLE = `
:root{color-scheme:light dark;--ground:#f6f7f5;--surface:#fff;--text:#1b211d;--quiet:#4c564f;--line:#c9d0ca;--accent:#14532d;--wrong:#9f1239;
--workday:#14532d;--school:#4d7c0f;--weekend:#a16207;--holiday:#9f1239;--c1:#9f1239;--c2:#a16207;--c3:#1d4ed8;--c4:#14532d;
font-family:system-ui,"DejaVu Sans",sans-serif;line-height:1.5}
@media (prefers-color-scheme:dark){:root{--ground:#121613;--surface:#1b211d;--text:#e9eeea;--quiet:#b2beb5;--line:#47524a;--accent:#86efac;--wrong:#fda4af;
--workday:#4ade80;--school:#bef264;--weekend:#fcd34d;--holiday:#fda4af;--c1:#fda4af;--c2:#fcd34d;--c3:#93c5fd;--c4:#86efac}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text)}
main{max-width:62rem;margin:0 auto;padding:1rem}
main[lang=sl]{display:none}
body:has(main[lang=sl]:target,main[lang=sl] :target) main[lang=sl]{display:block}
body:has(main[lang=sl]:target,main[lang=sl] :target) main[lang=en]{display:none}
header{display:flex;flex-wrap:wrap;gap:.5rem 2rem;justify-content:space-between;align-items:baseline}
h1{font-size:1.6rem;margin:.5rem 0}
h2{font-size:1.2rem;margin:0 0 .25rem}
p{margin:.25rem 0 .75rem;max-width:48rem}
.quiet,caption{color:var(--quiet)}
section{background:var(--surface);border:1px solid var(--line);border-radius:.5rem;padding:1rem;margin:1rem 0}
a{color:var(--accent)}
a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
section>.scroll>table>caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.scroll{position:relative;overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.95rem;font-variant-numeric:tabular-nums}
th,td{text-align:start;padding:.3rem .75rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:baseline}
.n{text-align:end}
thead th{color:var(--quiet);font-weight:600}
tbody th{font-weight:500}
.off{color:var(--wrong);font-weight:600}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:.75rem 1.5rem;margin:0}
dt{color:var(--quiet);font-size:.9rem}
dd{margin:0;font-weight:600;overflow-wrap:anywhere}
svg{display:block;width:100%;height:auto;min-width:34rem}
svg text{font-size:12px;fill:var(--quiet);font-family:inherit}
.grid{stroke:var(--line);stroke-width:1}
.mark{stroke:var(--text);stroke-width:1.5;stroke-dasharray:6 4}
svg .mark-text{fill:var(--text)}
.curve{fill:none;stroke-width:2.5}
.workday{fill:var(--workday)}.schoolHoliday{fill:var(--school)}.saturday,.sunday{fill:var(--weekend)}.publicHoliday{fill:var(--holiday)}
.chain{stroke:var(--c1);stroke-dasharray:2 3}.serial{stroke:var(--c2);stroke-dasharray:8 4}.log{stroke:var(--c3);stroke-dasharray:12 3 2 3}.retap{stroke:var(--c4)}
.doubt{stroke:var(--c4)}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;padding:0;margin:.25rem 0;font-size:.9rem}
.legend svg{display:inline-block;width:2rem;height:.8rem;min-width:0;vertical-align:middle;margin-inline-end:.4rem}
details{margin-top:.5rem}
summary{cursor:pointer;color:var(--accent);padding:.25rem 0}
@media print{section{break-inside:avoid}}
`;
