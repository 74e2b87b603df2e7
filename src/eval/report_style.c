/* report_style.c -- how the page looks, and the little that it does: theme, a pointer over curves, a filter of answers.
 * Neither text holds what XML would have to escape. */
#include "eval/report_impl.h"

#define LIGHT                                                                                                          \
    "color-scheme:light;--bg:#f6f6f3;--card:#fff;--ink:#1b2230;--soft:#5d687a;--line:#e3e5ea;--grid:#eceef2;"          \
    "--s1:#2f6bd8;--s2:#d2730b;--s3:#0e8f80;--s4:#8b46d6;--lo:#f1f4fa;--hi:#123f8c;--cold:#2f6bd8;--hot:#d2600b;"      \
    "--mid:#edeef1;--good:#0b7a4b;--bad:#c02c2c;--on6:#1b2230;--shadow:0 1px 2px rgba(20,30,50,.06);"
#define DARK                                                                                                           \
    "color-scheme:dark;--bg:#0f1217;--card:#171b22;--ink:#e7eaf0;--soft:#98a3b5;--line:#2a303b;--grid:#222832;"        \
    "--s1:#71a7ff;--s2:#f0a24a;--s3:#3cc6b2;--s4:#c39bff;--lo:#1c2430;--hi:#8fbcff;--cold:#5b95f5;--hot:#f28a3c;"      \
    "--mid:#262c36;--good:#4ccb91;--bad:#ff7b72;--on6:#171b22;--shadow:none;"
#define RAMP(c, to, share) ".h" c "{background:color-mix(in oklab,var(--hi) " share ",var(--lo))" to "}"
#define SHADE(c, to, share)                                                                                            \
    ".d" c "{fill:color-mix(in oklab,var(--" to ") " share ",var(--mid));background:color-mix(in oklab,var(--" to ") " \
    share ",var(--mid))}"
#define FLIP ";color:var(--card)"

const char report_css[] =
    ":root{" LIGHT "}\n"
    "@media (prefers-color-scheme:dark){:root:not([data-theme=light]){" DARK "}}\n"
    ":root[data-theme=dark]{" DARK "}\n"
    "*{box-sizing:border-box}html{scroll-padding-top:60px}\n"
    "body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,Segoe UI,Roboto,sans-serif}\n"
    "header.top{position:sticky;top:0;z-index:5;background:var(--bg);border-bottom:1px solid var(--line)}\n"
    "header.top div{max-width:1280px;margin:auto;padding:8px 20px;display:flex;gap:6px 18px;align-items:center;flex-wrap:wrap}\n"
    "header.top strong{font-size:16px}header.top nav{display:flex;gap:14px;flex:1;flex-wrap:wrap}\n"
    "header.top a{color:var(--soft);text-decoration:none}header.top a:hover{color:var(--ink);text-decoration:underline}\n"
    "button{font:inherit;font-size:13px;color:var(--ink);background:var(--card);border:1px solid var(--line);border-radius:7px;"
    "padding:3px 10px;cursor:pointer}button[aria-pressed=true]{border-color:var(--s1);color:var(--s1)}\n"
    ":focus-visible{outline:2px solid var(--s1);outline-offset:2px}\n"
    "main{max-width:1280px;margin:auto;padding:20px 20px 60px}\n"
    "h1{font-size:26px;line-height:1.2;margin:6px 0 2px;letter-spacing:-.01em}h2{font-size:20px;margin:38px 0 12px}\n"
    "h3{font-size:14px;margin:0;font-weight:600}h3.wide{margin:26px 0 2px;font-size:16px}\n"
    ".lead,.note{color:var(--soft);margin:0 0 12px}.note{font-size:13px}\n"
    ".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(118px,1fr));gap:10px;margin:0 0 14px;padding:0}\n"
    ".tiles div{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:10px 12px;box-shadow:var(--shadow)}\n"
    ".tiles dt{font-size:12px;color:var(--soft)}.tiles dd{margin:2px 0 0;font-size:21px;font-weight:600;letter-spacing:-.01em}\n"
    ".tiles small{display:block;font-size:12px;font-weight:400;color:var(--soft);letter-spacing:0}\n"
    ".grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,360px),1fr));gap:14px;align-items:start}\n"
    ".card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:12px 14px;margin:0;box-shadow:var(--shadow);min-width:0}\n"
    ".card+.card{margin-top:0}svg{display:block;width:100%;height:auto;overflow:visible}\n"
    "svg text{font:11px system-ui,sans-serif;fill:var(--soft);font-variant-numeric:tabular-nums}\n"
    "path.gl{stroke:var(--grid);stroke-width:1}path.axis{stroke:var(--line)}\n"
    "path.line{fill:none;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}path.band{stroke:none;opacity:.16}\n"
    "path.line.s1{stroke:var(--s1)}path.line.s2{stroke:var(--s2)}path.line.s3{stroke:var(--s3)}path.line.s4{stroke:var(--s4)}\n"
    "circle.s1,.band.s1{fill:var(--s1)}circle.s2,.band.s2{fill:var(--s2)}circle.s3,.band.s3{fill:var(--s3)}circle.s4,.band.s4{fill:var(--s4)}\n"
    "circle{stroke:none}.legend{margin:2px 0 6px;font-size:12px;color:var(--soft);display:flex;flex-wrap:wrap;gap:2px 14px}\n"
    ".legend b{color:var(--ink);font-variant-numeric:tabular-nums}.legend i{display:inline-block;width:10px;height:10px;border-radius:3px;margin-right:5px}\n"
    "i.s1{background:var(--s1)}i.s2{background:var(--s2)}i.s3{background:var(--s3)}i.s4{background:var(--s4)}\n"
    ".plot{position:relative}.tip{position:absolute;pointer-events:none;background:var(--card);border:1px solid var(--line);border-radius:7px;"
    "padding:4px 8px;font-size:12px;white-space:nowrap;box-shadow:0 3px 12px rgba(0,0,0,.18);z-index:3}.tip i{display:inline-block;width:8px;height:8px;border-radius:2px;margin-right:5px}\n"
    "path.ruler{stroke:var(--soft);stroke-width:1;stroke-dasharray:2 3}\n"
    "summary{cursor:pointer}.figures{font-size:12px;color:var(--soft);margin-top:4px}.scroll{overflow-x:auto}\n"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums}th{font-weight:500;text-align:left}\n"
    ".figures td,.figures th{padding:2px 10px 2px 0;text-align:right}.figures th:first-child{text-align:left}\n"
    ".heat table{width:100%;border-collapse:separate;border-spacing:2px;font-size:12.5px}.heat td{text-align:center;border-radius:4px;height:22px;min-width:22px}\n"
    ".heat th{padding-right:8px;white-space:nowrap}.heat thead th{color:var(--soft);text-align:center;padding:0;position:sticky}.heat thead th:first-child{text-align:left}\n"
    ".heat tr.field th{font-weight:700;padding-top:10px;text-transform:capitalize}.heat tr.field td{border-top:10px solid var(--card);background-clip:padding-box;height:30px}\n"
    ".heat td.none{background:var(--grid);opacity:.55}.heat td.now{box-shadow:inset 0 0 0 2px var(--s2);opacity:1}.heat td.sum{color:var(--soft)}\n"
    ".heat tfoot td,.heat tfoot th{font-weight:700}\n" RAMP("0", "", "0%") RAMP("1", "", "10%") RAMP("2", "", "20%")
        RAMP("3", "", "30%") RAMP("4", "", "40%") RAMP("5", "", "50%") RAMP("6", ";color:var(--on6)", "60%")
            RAMP("7", FLIP, "70%") RAMP("8", FLIP, "80%") RAMP("9", FLIP, "90%")
                RAMP("10", FLIP, "100%") "\n" SHADE("0", "cold", "100%") SHADE("1", "cold", "72%")
                    SHADE("2", "cold", "46%") SHADE("3", "cold", "22%") SHADE("4", "cold", "0%")
                        SHADE("5", "hot", "22%") SHADE("6", "hot", "46%") SHADE("7", "hot", "72%") SHADE("8", "hot", "100%")
    "\n.scale{display:flex;gap:2px;font-size:11px;color:var(--soft);margin:0 0 8px}.scale span{width:30px;text-align:center}.scale i{display:block;height:10px}\n"
    ".filter{margin:0 0 8px;display:flex;gap:6px}.samples .field+.field{border-top:1px solid var(--line)}.samples .field{padding:2px 0}.samples .field>summary{font-weight:700;padding:8px 0;text-transform:capitalize}\n"
    ".samples small{color:var(--soft);font-weight:400}.sample{border-top:1px solid var(--line)}.sample>summary{display:grid;grid-template-columns:72px 138px 1fr;gap:0 10px;padding:7px 0;list-style:none}\n"
    ".sample>summary::-webkit-details-marker{display:none}.sample .mark{font-size:13px;font-weight:600}.right .mark{color:var(--good)}.wrong .mark{color:var(--bad)}\n"
    ".sample .who{color:var(--soft)}.sample .what{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.sample[open]>summary .what{visibility:hidden}\n"
    ".sample dl{margin:0 0 12px;display:grid;grid-template-columns:110px 1fr;gap:6px 10px;font-size:14px}.sample dt{color:var(--soft);font-size:13px}\n"
    ".sample dd{margin:0;min-width:0}pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}\n"
    ".sample dd details pre{border-left:3px solid var(--line);padding-left:10px;margin-top:4px;color:var(--soft)}\n"
    ".mix ul{list-style:none;margin:8px 0;padding:0;display:grid;gap:4px}.mix li{display:grid;grid-template-columns:minmax(110px,34%) 1fr;align-items:center;position:relative;font-size:13px;padding-right:52px}\n"
    ".mix li i{height:10px;border-radius:3px;background:var(--s1);min-width:2px;max-width:100%}.mix li b{position:absolute;right:0;font-variant-numeric:tabular-nums;font-weight:500}\n"
    ".mix li span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.mix details{font-size:13px;color:var(--soft)}\n"
    ".facts{display:grid;grid-template-columns:minmax(90px,auto) 1fr;gap:4px 14px;margin:8px 0 0;font-size:13px}.facts dt{color:var(--soft)}.facts dd{margin:0;overflow-wrap:anywhere}\n"
    ".events{border-left:3px solid var(--s2);margin:0 0 14px}.events ul{margin:4px 0 0;padding-left:18px;font-size:14px}\n"
    "details.recipe summary{font-weight:600}details.recipe pre{margin-top:10px;font-size:12.5px}footer{color:var(--soft);font-size:13px;margin-top:36px}\n"
    "@media (max-width:640px){main{padding:12px 12px 40px}header.top div{padding:8px 12px}h1{font-size:22px}.tiles{grid-template-columns:repeat(2,1fr)}"
    ".card{padding:10px}.heat table{font-size:11px;border-spacing:1px}.heat td{min-width:18px;padding:0}.heat th{padding-right:3px;max-width:98px;overflow:hidden;text-overflow:ellipsis}"
    ".sample>summary{grid-template-columns:66px 1fr}.sample .what{grid-column:1/-1}.sample dl{grid-template-columns:1fr}.sample dd{margin-bottom:6px}}\n"
    "@media print{header.top{position:static}button{display:none}.card{break-inside:avoid}}\n";

const char report_js[] =
    "(function(){'use strict';var root=document.documentElement,b=document.getElementById('theme');\n"
    "function dark(){var t=root.getAttribute('data-theme');return t?t==='dark':matchMedia('(prefers-color-scheme: dark)').matches}\n"
    "function name(){b.textContent=dark()?'Light':'Dark'}\n"
    "try{var kept=localStorage.getItem('r1-theme');if(kept)root.setAttribute('data-theme',kept)}catch(e){}\n"
    "b.hidden=false;name();b.addEventListener('click',function(){var t=dark()?'light':'dark';root.setAttribute('data-theme',t);"
    "try{localStorage.setItem('r1-theme',t)}catch(e){}name()});\n"
    "function nearest(xs,x){var k=0;xs.forEach(function(v,i){if(Math.abs(xs[k]-x)>Math.abs(v-x))k=i});return k}\n"
    "document.querySelectorAll('svg[data-plot]').forEach(function(svg){var lines=JSON.parse(svg.getAttribute('data-plot')),box=svg.parentNode,tip=null,ruler=null;\n"
    "function out(){if(tip){tip.remove();ruler.remove();tip=ruler=null}}\n"
    "function over(e){var r=svg.getBoundingClientRect(),x=(e.clientX-r.left)*400/r.width;if(!tip){tip=document.createElement('div');tip.className='tip';"
    "box.appendChild(tip);ruler=document.createElementNS('http://www.w3.org/2000/svg','path');ruler.setAttribute('class','ruler');svg.appendChild(ruler)}\n"
    "var first=nearest(lines[0][2],x),at=lines[0][2][first];ruler.setAttribute('d','M'+at+' 10V184');tip.textContent='';\n"
    "var head=document.createElement('div');head.textContent='step '+lines[0][5][first].toLocaleString('en');tip.appendChild(head);\n"
    "lines.forEach(function(l){var k=nearest(l[2],at),d=document.createElement('div'),i=document.createElement('i');i.className='s'+l[1];"
    "d.appendChild(i);d.appendChild(document.createTextNode(l[0]+' '+l[4][k]));tip.appendChild(d)});\n"
    "var px=at*r.width/400;tip.style.top='6px';tip.style.left=(px>r.width/2?px-tip.offsetWidth-10:px+10)+'px'}\n"
    "svg.addEventListener('pointermove',over);svg.addEventListener('pointerdown',over);svg.addEventListener('pointerleave',out)});\n"
    "document.querySelectorAll('[data-show]').forEach(function(x){x.hidden=false;x.addEventListener('click',function(){"
    "var w=x.getAttribute('data-show'),s=x.closest('section');s.querySelectorAll('[data-show]').forEach(function(y){y.setAttribute('aria-pressed',String(y===x))});\n"
    "s.querySelectorAll('.sample').forEach(function(d){d.hidden=!(w==='all'||d.classList.contains(w))})})})})();\n";
