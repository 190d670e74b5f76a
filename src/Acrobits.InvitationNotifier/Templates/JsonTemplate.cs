using System.Text;
using System.Text.Json;

namespace Acrobits.InvitationNotifier.Templates;

/// <summary>
/// Validates a JSON template. JSON allows '%' only inside strings, so each placeholder of a well-formed template (RFC 8259) is
/// in a string.
/// </summary>
internal static class JsonTemplate
{
    public static List<(Placeholder, EscapingContext)> Locate(string text, List<Placeholder> placeholders, Action<string> report)
    {
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), new JsonReaderOptions { MaxDepth = int.MaxValue });
            while (reader.Read())
            {
            }
        }
        catch (JsonException exception)
        {
            // The exception's message quotes the template.
            var index = Position.IndexOfByte(text, exception.LineNumber ?? 0, exception.BytePositionInLine ?? 0);
            var bare = placeholders.FindIndex(placeholder => placeholder.Start <= index && index < placeholder.End);
            report(bare >= 0 && !EndsInEscape(text.AsSpan(0, index))
                ? $"{Position.InText(text, placeholders[bare].Start)}: {placeholders[bare]} is outside a string. Put it between double quotes"
                : $"{Position.InText(text, index)}: not well-formed JSON. Correct it there or just before");
        }

        return placeholders.ConvertAll(placeholder => (placeholder, EscapingContext.JsonString));
    }

    // A placeholder that truncates an escape is inside a string; the problem is the escape.
    private static bool EndsInEscape(ReadOnlySpan<char> text) => text.TrimEnd("u0123456789abcdefABCDEF").EndsWith("\\");
}
