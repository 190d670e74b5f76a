using System.Text;
using System.Text.Json;

namespace Acrobits.InvitationNotifier.Templates;

/// <summary>
/// Checks a JSON template. A '%' can stand in a JSON text inside a string only, so the template itself has to be
/// well-formed JSON (RFC 8259), and then each placeholder is in a string.
/// </summary>
internal static class JsonTemplate
{
    public static List<(Placeholder, Place)> Locate(string text, List<Placeholder> placeholders, Action<string> report)
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
            // The exception's own message quotes the template.
            var index = Position.IndexOfByte(text, exception.LineNumber ?? 0, exception.BytePositionInLine ?? 0);
            var bare = placeholders.FindIndex(placeholder => placeholder.Start <= index && index < placeholder.End);
            report(bare >= 0 && !EndsInEscape(text.AsSpan(0, index))
                ? $"{Position.InText(text, placeholders[bare].Start)}: {placeholders[bare]} stands outside a string. Put it between double quotes"
                : $"{Position.InText(text, index)}: not well-formed JSON. Correct it there or just before");
        }

        return placeholders.ConvertAll(placeholder => (placeholder, Place.JsonString));
    }

    // An escape that is cut short by a placeholder: the placeholder is in a string, the escape is what is wrong.
    private static bool EndsInEscape(ReadOnlySpan<char> text) => text.TrimEnd("u0123456789abcdefABCDEF").EndsWith("\\");
}
