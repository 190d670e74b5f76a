namespace Acrobits.InvitationNotifier.Templates;

/// <summary>
/// The positions of the parts of a URL template: <c>scheme://userinfo@host:port/path?query#fragment</c>. The framework's parser
/// cannot find them, because a template is not a valid URL yet.
/// </summary>
internal readonly record struct UrlParts(
    int SchemeEnd, int HostStart, int HostEnd, int PathStart, int QueryStart, int FragmentStart)
{
    public int UserInfoStart => SchemeEnd + 3;

    public static UrlParts? Split(string text)
    {
        var schemeEnd = text.IndexOf("://", StringComparison.Ordinal);
        if (schemeEnd <= 0 || text.AsSpan(0, schemeEnd).IndexOfAny('/', '?', '#') >= 0)
        {
            return null;
        }

        var authority = schemeEnd + 3;
        var fragment = IndexOrEnd(text.IndexOf('#', authority), text.Length);
        var query = IndexOrEnd(text.AsSpan(0, fragment).IndexOf('?'), fragment);
        var path = IndexOrEnd(text.IndexOf('/', authority), query);
        path = Math.Min(path, query);
        var host = authority + text.AsSpan(authority..path).LastIndexOf('@') + 1;

        // The colons of an IPv6 address are inside brackets.
        var colon = text.AsSpan(host..path).LastIndexOf(':') is >= 0 and var last ? host + last : path;
        var hostEnd = text.AsSpan(colon..path).Contains(']') ? path : colon;
        return new UrlParts(schemeEnd, host, hostEnd, path, query, fragment);
    }

    public string NameAt(int index) =>
        index < SchemeEnd ? "scheme"
        : index < HostStart ? "user info"
        : index < HostEnd ? "host"
        : "port";

    /// <summary>Returns the user info; null if there is none, or nothing before the '@'.</summary>
    public string? UserInfo(string text) => HostStart <= UserInfoStart + 1 ? null : text[UserInfoStart..(HostStart - 1)];

    private static int IndexOrEnd(int index, int end) => index < 0 ? end : index;
}
