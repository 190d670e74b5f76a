using System.Buffers;
using Acrobits.InvitationNotifier.Text;

namespace Acrobits.InvitationNotifier.Templates;

/// <summary>The compiled URL of a web service. Templates with the same text are equal.</summary>
internal sealed class UrlTemplate : IEquatable<UrlTemplate>
{
    // The characters that RFC 3986 allows in a path and a query, '%' because templates can be percent-encoded already, and
    // brackets, which are common ("a[]=1") although not strictly allowed. Everything else is percent-encoded.
    private static readonly SearchValues<char> Literal = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?%[]");

    // Preserves paths and queries that the framework would change, such as "/a/../b" and "%7E". The drawback:
    // Uri.GetComponents throws for these URLs, because it could not return canonical components.
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private static readonly Invitation Sample = new("x", "x", "x");

    private readonly Template _template = new();
    private readonly string _origin;
    private readonly int _hashCode;

    // The number of dot segments in the template's path; null if the path has no placeholders.
    private readonly int? _dotSegments;

    private readonly UriCreationOptions _options;

    // The URL of all requests, if the template has no placeholders.
    private readonly Uri? _fixed;

    private UrlTemplate(string text, UrlParts parts, List<Placeholder> placeholders, Destination destination, string? credentials)
    {
        Text = text;
        _hashCode = text.GetHashCode(StringComparison.Ordinal);
        Destination = destination;
        Credentials = credentials;
        _origin = destination.ToString();
        _template.Add(_origin);
        if (parts.PathStart == parts.QueryStart)
        {
            _template.Add("/");
        }

        var end = parts.PathStart;
        foreach (var placeholder in placeholders.Where(placeholder => placeholder.Start < parts.FragmentStart))
        {
            AddLiteral(text.AsSpan(end..placeholder.Start));
            _template.Add(placeholder.Keyword, placeholder.Start < parts.QueryStart ? EscapingContext.UrlPath : EscapingContext.UrlQuery);
            end = placeholder.End;
        }

        AddLiteral(text.AsSpan(end..parts.FragmentStart));
        if (placeholders.Exists(placeholder => placeholder.Start < parts.QueryStart))
        {
            _dotSegments = DotSegments.CountIn(text.AsSpan(parts.PathStart..parts.QueryStart));
        }

        // The sample stands for all values, because values never have encoded characters that the framework would decode.
        Expand(Sample, out var sample);
        if (sample.PathAndQuery != sample.OriginalString[_origin.Length..])
        {
            _options = AsWritten;
            Expand(Sample, out sample);
        }

        _fixed = end == parts.PathStart ? sample : null;
    }

    /// <summary>The trimmed template. It can hold credentials.</summary>
    public string Text { get; }

    public Destination Destination { get; }

    /// <summary>The value of the <c>Authorization</c> header (RFC 7617); null if the URL has no user info.</summary>
    public string? Credentials { get; }

    /// <summary>Compiles the text. Returns null and adds problems if it is not a valid URL.</summary>
    public static UrlTemplate? Compile(string text, ProblemScope problems)
    {
        Action<string> report = problems.Add;
        var known = problems.Count;

        // White space around a URL is never intended.
        var offset = text.Length - text.TrimStart().Length;
        text = text.Trim();
        string At(int index) => $"character {index + offset + 1}";

        if (!Invitation.IsWellFormed(text))
        {
            report("the text is not valid UTF-16: it has an unpaired surrogate. Remove it");
            return null;
        }

        if (text.AsSpan().IndexOfAnyInRange('\0', '\u001F') is >= 0 and var control
            || (control = text.AsSpan().IndexOfAnyInRange('\u007F', '\u009F')) >= 0)
        {
            report($"{At(control)}: a control character. Remove it, or percent-encode it");
            return null;
        }

        if (text.StartsWith('\uFEFF'))
        {
            report($"{At(0)}: a byte order mark. Remove it");
            return null;
        }

        if (UrlParts.Split(text) is not { } parts)
        {
            report("is not an absolute URL. Write it with its scheme, for instance https://example.com/invitation/");
            return null;
        }

        var placeholders = Placeholder.Find(text);
        foreach (var misplaced in placeholders.Where(placeholder => placeholder.Start < parts.PathStart).Take(10))
        {
            report($"{At(misplaced.Start)}: {misplaced} is in the {parts.NameAt(misplaced.Start)}. Move it to the path or the query");
        }

        if (problems.Count > known)
        {
            return null;
        }

        if (text[..parts.SchemeEnd].ToLowerInvariant() is not ("http" or "https"))
        {
            report("the scheme is neither http nor https. Use https if the provider supports it, otherwise http");
            return null;
        }

        string? credentials = null;
        if (parts.UserInfo(text) is { } userInfo && UserInfo.Read(userInfo, out credentials) is { } misuse)
        {
            report($"{At(parts.UserInfoStart)}: {misuse}");
            return null;
        }

        if (Destination.Read(text, parts, out var destination) is { } wrong)
        {
            report($"{At(wrong.Index)}: the host or port is not valid: {wrong.Problem}");
            return null;
        }

        return new UrlTemplate(text, parts, placeholders, destination, credentials);
    }

    /// <summary>Expands the URL of one request.</summary>
    /// <returns>Null, or why a value cannot be represented.</returns>
    public string? Expand(Invitation invitation, out Uri uri)
    {
        uri = _fixed!;
        if (uri is not null)
        {
            return null;
        }

        var buffer = new TextBuffer(stackalloc char[TextBuffer.InitialLength]);
        try
        {
            var problem = _template.Expand(invitation, ref buffer);
            if (problem is not null)
            {
                return problem;
            }

            // Percent-encoding cannot represent "." and "..", because "%2E" is equivalent (RFC 3986, section 6.2.2.2). Beside a
            // slash in a value they are as dangerous: a server that decodes the slash first would serve another path.
            if (_dotSegments is { } own && DotSegments.CountIn(PathOf(buffer.Written[_origin.Length..])) > own)
            {
                return "A value makes a segment of the URL's path \".\" or \"..\", which would change the path.";
            }

            uri = new Uri(buffer.Written.ToString(), in _options);
            return null;
        }
        finally
        {
            buffer.Dispose();
        }
    }

    public bool Equals(UrlTemplate? other) => Text == other?.Text;

    public override bool Equals(object? obj) => Equals(obj as UrlTemplate);

    public override int GetHashCode() => _hashCode;

    private static ReadOnlySpan<char> PathOf(ReadOnlySpan<char> pathAndQuery) =>
        pathAndQuery.IndexOf('?') is >= 0 and var query ? pathAndQuery[..query] : pathAndQuery;

    private void AddLiteral(ReadOnlySpan<char> text)
    {
        var buffer = new TextBuffer(stackalloc char[TextBuffer.InitialLength]);
        Escaping.WritePercentEncoded(text, Literal, ref buffer);
        _template.Add(buffer.Written);
        buffer.Dispose();
    }
}
