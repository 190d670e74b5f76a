using System.Buffers;
using System.Text;
using Acrobits.InvitationNotifier.Text;

namespace Acrobits.InvitationNotifier.Templates;

/// <summary>The compiled <c>InvitationCreatedUrl</c>.</summary>
internal sealed class UrlTemplate
{
    // What RFC 3986 allows in a path and a query, and '%': the author's own percent-encoding goes out as it is. The
    // brackets are not quite allowed, yet common ("a[]=1") and understood. All else is percent-encoded.
    private static readonly SearchValues<char> Literal = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?%[]");

    // Keeps ".." and "%2F" in the path what they are: a provider gets the path that its template says.
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly Template _template = new();
    private readonly string _origin;

    // The dot segments of a path with placeholders; null: no value can change the path.
    private readonly int? _dotSegments;

    // The URL of all requests, where it has no placeholders; known once it was needed.
    private readonly bool _isFixed;
    private Uri? _fixed;

    private UrlTemplate(string text, UrlParts parts, List<Placeholder> placeholders, Destination destination, string? credentials)
    {
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
            _template.Add(placeholder.Keyword, placeholder.Start < parts.QueryStart ? Place.UrlPath : Place.UrlQuery);
            end = placeholder.End;
        }

        _isFixed = end == parts.PathStart;
        AddLiteral(text.AsSpan(end..parts.FragmentStart));
        if (placeholders.Exists(placeholder => placeholder.Start < parts.QueryStart))
        {
            _dotSegments = CountDotSegments(text.AsSpan(parts.PathStart..parts.QueryStart));
        }
    }

    public Destination Destination { get; }

    /// <summary>The value of an <c>Authorization</c> header (RFC 7617) where the URL has user info.</summary>
    public string? Credentials { get; }

    /// <summary>Compiles the text; null, with the problems added, where it is no URL that can be sent to.</summary>
    public static UrlTemplate? Compile(string text, ProblemScope problems)
    {
        Action<string> report = problems.Add;
        var known = problems.Count;

        // White space around a URL is never meant.
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

        if (UrlParts.Split(text) is not { } parts)
        {
            report("is not an absolute URL. Write it with its scheme, for instance https://example.com/invitation/");
            return null;
        }

        var placeholders = Placeholder.Find(text);
        foreach (var misplaced in placeholders.Where(placeholder => placeholder.Start < parts.PathStart).Take(10))
        {
            report($"{At(misplaced.Start)}: {misplaced} stands in the {parts.NameAt(text, misplaced.Start)}. Put it into the path or the query");
        }

        if (problems.Count > known)
        {
            return null;
        }

        var scheme = text[..parts.SchemeEnd].ToLowerInvariant();
        if (scheme != Uri.UriSchemeHttp && scheme != Uri.UriSchemeHttps)
        {
            report("the scheme is neither http nor https. Use https where the provider offers it");
            return null;
        }

        var host = text[parts.HostStart..parts.PathStart];
        if (FindDestination(scheme, host) is not { } destination)
        {
            report($"{At(parts.HostStart)}: the host or port is not valid. Write a host name or an address, and a port from 1 to 65535 if it is not the default");
            return null;
        }

        return new UrlTemplate(text, parts, placeholders, destination, parts.Credentials(text));
    }

    /// <summary>Makes the URL of one request.</summary>
    /// <returns>Null, or why a value cannot be carried.</returns>
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

            // Percent-encoding does not help against "." and "..": "%2E" means the same (RFC 3986, section 6.2.2.2).
            if (_dotSegments is { } own && CountDotSegments(PathOf(buffer.Written[_origin.Length..])) > own)
            {
                return "A value makes a segment of the URL's path \".\" or \"..\", which would change the path.";
            }

            if (!Uri.TryCreate(buffer.Written.ToString(), AsWritten, out uri!))
            {
                return "The values make the URL too long.";
            }

            if (_isFixed)
            {
                _fixed = uri;
            }

            return null;
        }
        finally
        {
            buffer.Dispose();
        }
    }

    private static Destination? FindDestination(string scheme, string authority)
    {
        // A backslash or a percent sign means different hosts to different readers.
        if (authority.AsSpan().IndexOfAny("\\%") >= 0
            || !Uri.TryCreate($"{scheme}://{authority}/", UriKind.Absolute, out var uri)
            || uri is not { UserInfo: "", Host: not "", AbsolutePath: "/", Query: "", Port: > 0 })
        {
            return null;
        }

        try
        {
            var host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost;
            return Ascii.IsValid(host) ? new Destination(scheme, host, uri.Port) : null;
        }
        catch (UriFormatException)
        {
            return null;
        }
    }

    private static ReadOnlySpan<char> PathOf(ReadOnlySpan<char> pathAndQuery) =>
        pathAndQuery.IndexOf('?') is >= 0 and var query ? pathAndQuery[..query] : pathAndQuery;

    private static int CountDotSegments(ReadOnlySpan<char> path)
    {
        var count = 0;
        while (!path.IsEmpty)
        {
            var slash = path.IndexOf('/');
            var segment = slash < 0 ? path : path[..slash];
            path = slash < 0 ? default : path[(slash + 1)..];
            count += IsDotSegment(segment) ? 1 : 0;
        }

        return count;
    }

    private static bool IsDotSegment(ReadOnlySpan<char> segment)
    {
        var dots = 0;
        while (!segment.IsEmpty)
        {
            var length = segment[0] == '.' ? 1
                : segment is ['%', '2', 'e' or 'E', ..] ? 3
                : 0;
            if (length == 0 || ++dots > 2)
            {
                return false;
            }

            segment = segment[length..];
        }

        return dots > 0;
    }

    private void AddLiteral(ReadOnlySpan<char> text)
    {
        var buffer = new TextBuffer(stackalloc char[TextBuffer.InitialLength]);
        Escaping.WritePercentEncoded(text, Literal, ref buffer);
        _template.Add(buffer.Written);
        buffer.Dispose();
    }
}
