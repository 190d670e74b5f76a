using System.Buffers;
using System.Text;
using Acrobits.InvitationNotifier.Text;

namespace Acrobits.InvitationNotifier.Templates;

/// <summary>The compiled post data of a web service.</summary>
internal sealed class BodyTemplate
{
    private static readonly SearchValues<char> ControlCharacters =
        SearchValues.Create([.. Enumerable.Range(0, 0xA0).Select(code => (char)code).Where(char.IsControl)]);

    private readonly Template _template = new();

    private BodyTemplate(string text, IEnumerable<(Placeholder Placeholder, EscapingContext EscapingContext)> contexts)
    {
        var end = 0;
        foreach (var (placeholder, context) in contexts)
        {
            _template.Add(text.AsSpan(end..placeholder.Start));
            _template.Add(placeholder.Keyword, context);
            end = placeholder.End;
        }

        _template.Add(text.AsSpan(end));
    }

    /// <summary>Compiles the text. Returns null and adds problems if it is not valid in the format.</summary>
    public static BodyTemplate? Compile(string text, BodyFormat format, ProblemScope problems)
    {
        var known = problems.Count;
        var placeholders = Placeholder.Find(text);

        if (!Invitation.IsWellFormed(text))
        {
            problems.Add("the text is not valid UTF-16: it has an unpaired surrogate. Remove it");
            return null;
        }

        var contexts = format switch
        {
            BodyFormat.Json => JsonTemplate.Locate(text, placeholders, problems.Add),
            BodyFormat.Xml => XmlTemplate.Locate(text, placeholders, problems.Add),
            _ => LocateInForm(text, placeholders, problems.Add),
        };

        return problems.Count == known ? new BodyTemplate(text, contexts) : null;
    }

    /// <summary>Expands the body of one request.</summary>
    /// <returns>Null, or why a value cannot be represented.</returns>
    public string? Expand(Invitation invitation, out byte[] body)
    {
        var buffer = new TextBuffer(stackalloc char[TextBuffer.InitialLength]);
        try
        {
            var problem = _template.Expand(invitation, ref buffer);
            body = problem is null ? Utf8(buffer.Written) : [];
            return problem;
        }
        finally
        {
            buffer.Dispose();
        }
    }

    private static byte[] Utf8(ReadOnlySpan<char> text)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }

    private static List<(Placeholder, EscapingContext)> LocateInForm(
        string text, List<Placeholder> placeholders, Action<string> report)
    {
        // The parsers of JSON and XML reject one already. After the start of the text it is an ordinary character.
        var mark = text.Length - text.AsSpan().TrimStart().Length;
        if (mark < text.Length && text[mark] is '\uFEFF' or '\uFFFE')
        {
            report($"{Position.InText(text, mark)}: a byte order mark. Remove it");
        }

        var control = text.AsSpan().IndexOfAny(ControlCharacters);
        if (control >= 0)
        {
            report($"{Position.InText(text, control)}: a control character. Remove it, or percent-encode it");
        }

        return placeholders.ConvertAll(placeholder => (placeholder, EscapingContext.Form));
    }
}
