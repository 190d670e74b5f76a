using System.Text;

namespace Acrobits.InvitationNotifier.Templates;

/// <summary>
/// Where the parts of a URL template begin: <c>scheme://userinfo@host:port/path?query#fragment</c>. A template is no URL
/// yet, so the framework's parser cannot tell.
/// </summary>
internal readonly record struct UrlParts(int SchemeEnd, int HostStart, int PathStart, int QueryStart, int FragmentStart)
{
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
        var at = text.AsSpan(authority..path).LastIndexOf('@');
        return new UrlParts(schemeEnd, authority + at + 1, path, query, fragment);
    }

    public string NameAt(string text, int index)
    {
        if (index < SchemeEnd)
        {
            return "scheme";
        }

        if (index < HostStart)
        {
            return "user info";
        }

        var colon = text.AsSpan(HostStart..index).LastIndexOf(':');
        return colon >= 0 && text.AsSpan(HostStart..index).LastIndexOf(']') < colon ? "port" : "host";
    }

    /// <summary>The user info as HTTP clients send it: Basic authentication in UTF-8 (RFC 7617).</summary>
    public string? Credentials(string text)
    {
        // An '@' with nothing before it says nothing.
        if (HostStart <= SchemeEnd + 4)
        {
            return null;
        }

        var userInfo = text[(SchemeEnd + 3)..(HostStart - 1)].Split(':', 2);
        var user = Uri.UnescapeDataString(userInfo[0]);
        var password = userInfo.Length > 1 ? Uri.UnescapeDataString(userInfo[1]) : "";
        return $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}";
    }

    private static int IndexOrEnd(int index, int end) => index < 0 ? end : index;
}
