namespace Acrobits.InvitationNotifier.Interoperability.Tests;

/// <summary>A value that some parser could read as something else.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Text">The value.</param>
/// <param name="RefusedBy">The shapes that cannot represent it.</param>
internal sealed record HostileValue(string Name, string Text, RequestShape RefusedBy = RequestShape.None)
{
    private static readonly HostileValue[] OfAnyShape =
    [
        // URLs and forms.
        new("plus", "+15551231234"),
        new("percent", "100%"),
        new("percent-encoded plus", "%2B"),
        new("percent-encoded NUL and line feed", "%00%0a"),
        new("placeholder", "%invitor%"),
        new("placeholders", "%invitee%%network_id%"),
        new("ampersand", "a&b"),
        new("another parameter", "a&invitor=mallory"),
        new("equals sign", "=a=b="),
        new("semicolon", "a;invitor=mallory"),
        new("fragment", "a#b"),
        new("question mark", "?a?b"),
        new("slash", "/a//b/"),
        new("parent folders", "../..", RequestShape.Path),
        new("parent folder of Windows", "..\\a", RequestShape.Path),
        new("dot segment", ".", RequestShape.Path),
        new("two dots", "..", RequestShape.Path),
        new("percent-encoded dot segment", "%2e%2E"),
        new("array name", "a[b]=c"),

        // JSON and XML.
        new("double quote", "a\"b\""),
        new("apostrophe", "'a'b"),
        new("backslash", "a\\b\\"),
        new("end of JSON", "a\",\"invitor\":\"mallory\"}"),
        new("JSON escapes as text", "\\u0000\\n\\\"\\ud800"),
        new("end of element", "</invitee><invitor>mallory"),
        new("end of CDATA", "a]]>b"),
        new("brackets", "]]"),
        new("comment", "<!-- a -->"),
        new("processing instruction", "<?php echo 1; ?>"),
        new("CDATA", "<![CDATA[a]]>"),
        new("entity", "&amp;&lt;&lol;"),
        new("character reference", "&#10;&#0;"),

        // Values that are not what they look like.
        new("null", "null"),
        new("true", "true"),
        new("zero", "0"),
        new("number", "-1.0e3"),
        new("empty array", "[]"),
        new("prototype", "__proto__"),
        new("look-up", "${jndi:ldap://127.0.0.1/a}"),
        new("template", "{{7*7}}"),
        new("SQL", "' OR '1'='1' --"),
        new("formula", "=cmd|' /C calc'!A0"),

        new("more than 1 Mi characters", new string('1', (1024 * 1024) + 1), RequestShape.All),

        // White space and controls.
        new("line feed", "a\nb\n"),
        new("carriage return", "a\rb\r"),
        new("carriage return and line feed", "\r\na\r\nb\r\n"),
        new("header", "a\r\nX-Mallory: 1\r\n\r\n"),
        new("tab", "\ta\tb\t"),
        new("spaces around", "  a  b  "),
        new("no-break spaces around", "\u00A0a\u00A0"),
        new("NUL", "a\0b", RequestShape.Xml),
        new("other C0 controls", "\u0001\u0008\u000B\u000C\u000E\u001B\u001F", RequestShape.Xml),
        new("DEL and C1 controls", "\u007F\u0080\u0085\u009F"),

        // Unicode.
        new("line and paragraph separator", "\u2028a\u2029"),
        new("byte order mark", "\uFEFFa\uFEFF"),
        new("U+FFFE", "a\uFFFE", RequestShape.Xml),
        new("U+FFFF", "a\uFFFF", RequestShape.Xml),
        new("non-characters beyond the BMP", "\U0001FFFE\U0010FFFF"),
        new("replacement character", "\uFFFD"),
        new("emoji", "\U0001F468\u200D\U0001F469\u200D\U0001F467\U0001F3FD"),
        new("combining and composed", "e\u0301\u00E9"),
        new("right to left", "\u202E\u05E9\u05DC\u05D5\u05DD\u202C"),
    ];

    /// <summary>The values for a shape.</summary>
    public static IReadOnlyList<HostileValue> For(RequestShape shape) => [.. OfAnyShape, VeryLong(shape)];

    // Of the length that servers accept: 4 KiB in a request line, 64 KiB and more in a body.
    private static HostileValue VeryLong(RequestShape shape) => shape is RequestShape.Query or RequestShape.Path
        ? new("4 KiB", string.Concat(Enumerable.Repeat("\u00E9% ", 341)))
        : new("64 KiB", string.Concat(Enumerable.Repeat("\u00E9%<\"\\]", 8 * 1024)));
}
