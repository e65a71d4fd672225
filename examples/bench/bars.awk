# SPDX-License-Identifier: Apache-2.0
# Draws bars as SVG, for light and dark pages, of lines `panel|label|value`; a panel has a scale of its own.
#
#     printf 'time, ms|warm|40\ntime, ms|exec|900\n' | awk -f examples/bench/bars.awk >bars.svg
BEGIN {
    FS = "|"
    left = 210; bar = 18; gap = 6; wide = 420; head = 34
}

{
    if (!($1 in count)) panels[++n] = $1
    k = ++count[$1]
    label[$1, k] = $2
    value[$1, k] = $3
    if ($3 > most[$1]) most[$1] = $3
}

function text(x, y, anchor, class, words) {
    gsub(/&/, "\\&amp;", words); gsub(/</, "\\&lt;", words)
    printf "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" class=\"%s\">%s</text>\n", x, y, anchor, class, words
}

END {
    for (i = 1; i <= n; i++) height += head + count[panels[i]] * (bar + gap)
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\">\n", left + wide + 80, height + 12, left + wide + 80
    print "<style>text{font:13px sans-serif;fill:#222}.head{font-weight:bold}rect{fill:#3b76b5}" \
        "@media(prefers-color-scheme:dark){text{fill:#ddd}rect{fill:#6aa5e0}}</style>"
    for (i = 1; i <= n; i++) {
        p = panels[i]
        y += head
        text(4, y - 10, "start", "head", p)
        for (k = 1; k <= count[p]; k++) {
            w = most[p] > 0 ? value[p, k] / most[p] * wide : 0
            text(left - 8, y + 13, "end", "", label[p, k])
            printf "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>\n", left, y, w < 1 ? 1 : w, bar
            text(left + w + 6, y + 13, "start", "", value[p, k])
            y += bar + gap
        }
    }
    print "</svg>"
}
