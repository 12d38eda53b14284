"""The look of pages that leave the program (reports, release notes): the tokens of the theme, light and dark.

Each ink on its tint has a contrast of at least 4.5 : 1. Paper is always light.
"""

PAGE_STYLE = """
:root {
  color-scheme: light dark;
  --window: #FFFFFF; --surface: #F7F8FA; --border: #E3E6EB; --divider: #EEF0F3;
  --text: #1B1F27; --muted: #5B6472; --accent: #3B5BDB;
  --critical: #B42318; --critical-tint: #FEECEB; --high: #B04A00; --high-tint: #FFF1E5;
  --medium: #7A5600; --medium-tint: #FDF6DC; --low: #1B6E35; --low-tint: #E8F7ED;
  --info: #1D4ED8; --info-tint: #E8F0FE;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --window: #14171C; --surface: #1B1F26; --border: #2B313B; --divider: #232830;
    --text: #E8EBF0; --muted: #9AA4B2; --accent: #7C9BFF;
    --critical: #FF8A80; --critical-tint: #3B1715; --high: #FFB070; --high-tint: #3A2111;
    --medium: #F2CF63; --medium-tint: #332A0B; --low: #7FDB9A; --low-tint: #12301D;
    --info: #8FB4FF; --info-tint: #142544;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 24px; max-width: 1120px; background: var(--window); color: var(--text);
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
}
h1 { margin: 0 0 8px; font-size: 22px; line-height: 1.25; }
h2 { margin: 32px 0 8px; font-size: 16px; }
h3 { margin: 20px 0 8px; font-size: 14px; }
h1, h2, h3, td, li, p { overflow-wrap: anywhere; }
p, ul, ol { margin: 8px 0; }
ul, ol { padding-left: 24px; }
li { margin: 4px 0; }
a { color: var(--accent); }
hr { margin: 24px 0; border: 0; border-top: 1px solid var(--border); }
code, pre { font: 12px/1.5 ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { padding: 1px 4px; border-radius: 4px; background: var(--surface); }
pre {
  padding: 8px 12px; border: 1px solid var(--border); border-radius: 6px; background: var(--surface);
  white-space: pre-wrap; overflow-wrap: anywhere;
}
pre code { padding: 0; background: none; }
blockquote {
  margin: 12px 0; padding: 4px 12px; border-left: 4px solid var(--critical);
  background: var(--critical-tint); color: var(--critical);
}
table { width: 100%; margin: 8px 0; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 8px; border-bottom: 1px solid var(--divider); text-align: left; vertical-align: top; }
th { border-bottom-color: var(--border); color: var(--muted); font-size: 12px; font-weight: 600; }
@media print {
  @page { margin: 16mm; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  h2, h3 { break-after: avoid; }
  tr, li, pre { break-inside: avoid; }
  thead { display: table-header-group; }
}
"""
