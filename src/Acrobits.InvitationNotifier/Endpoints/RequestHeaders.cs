using System.Buffers;
using System.Collections.Frozen;
using System.Net.Http.Headers;
using Acrobits.InvitationNotifier.Text;

namespace Acrobits.InvitationNotifier.Endpoints;

/// <summary>The headers of an endpoint's requests, in the order of the documented requests.</summary>
internal sealed class RequestHeaders
{
    private const string UserAgent = "User-Agent";
    private const string CacheControl = "Cache-Control";
    private const string IdempotencyKey = "Idempotency-Key";
    private const string Authorization = "Authorization";
    private const string Key = nameof(InvitationWebServiceOptions.Headers);

    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // The HTTP client sets these itself: hop-by-hop and framing headers (RFC 9110, sections 7.6.1 and 8.6), Host, and Expect,
    // which would hold the body back.
    private static readonly FrozenSet<string> Refused = new[]
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade", "HTTP2-Settings", "Content-Length", "Host", "Expect",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private readonly string? _userAgent;
    private readonly string? _cacheControl;
    private readonly KeyValuePair<string, string>[] _others;

    private RequestHeaders(string? userAgent, string? cacheControl, KeyValuePair<string, string>[] others, bool sendIdempotencyKey)
    {
        _userAgent = userAgent;
        _cacheControl = cacheControl;
        _others = others;
        SendIdempotencyKey = sendIdempotencyKey;
    }

    /// <summary>Whether requests send an <c>Idempotency-Key</c>.</summary>
    public bool SendIdempotencyKey { get; }

    /// <summary>Validates the configured headers.</summary>
    public static RequestHeaders Compile(InvitationWebServiceOptions options, ProblemScope problems)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in options.Headers ?? new Dictionary<string, string>())
        {
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(TokenCharacters))
            {
                problems.Add(Key, "a name is not a token (RFC 9110, section 5.6.2). Use letters, digits and hyphens");
            }
            else if (ReasonToRefuse(name, value) is { } reason)
            {
                problems.Add($"{Key}:{name}", reason);
            }
            else if (!headers.TryAdd(name, value))
            {
                problems.Add($"{Key}:{name}", "is set twice; header names are not case-sensitive. Remove one");
            }
        }

        if (options.SendIdempotencyKey && headers.ContainsKey(IdempotencyKey))
        {
            problems.Add($"{Key}:{IdempotencyKey}", $"is set, and {nameof(options.SendIdempotencyKey)} is true. Remove one");
        }

        if (options.Signing?.Secrets is { Count: > 0 })
        {
            foreach (var name in headers.Keys.Where(RequestSigner.IsSigned))
            {
                problems.Add($"{Key}:{name}", $"is set, and {nameof(options.Signing)} has secrets. Remove one");
            }
        }

        headers.Remove(UserAgent, out var userAgent);
        headers.Remove(CacheControl, out var cacheControl);
        return new RequestHeaders(userAgent, cacheControl, [.. headers], options.SendIdempotencyKey);
    }

    /// <summary>Adds the credentials of a URL.</summary>
    public RequestHeaders WithCredentials(string? credentials, string urlKey, ProblemScope problems)
    {
        if (credentials is null)
        {
            return this;
        }

        if (_others.Any(header => header.Key.Equals(Authorization, StringComparison.OrdinalIgnoreCase)))
        {
            problems.Add($"{Key}:{Authorization}", $"is set, and {urlKey} has user info too. Remove one");
        }

        return new RequestHeaders(_userAgent, _cacheControl, [.. _others, new(Authorization, credentials)], SendIdempotencyKey);
    }

    /// <summary>Whether the text is valid as the value of a header.</summary>
    public static bool IsValidValue(string value) => !value.AsSpan().ContainsAnyExceptInRange(' ', '~');

    /// <summary>Adds the headers to a request.</summary>
    public void AddTo(HttpRequestHeaders headers, RequestDefaults defaults, string? id)
    {
        // The client writes Host first, and then these in the order in which they are added.
        if (!defaults.ReuseConnections)
        {
            headers.TryAddWithoutValidation("Connection", "close");
        }

        headers.TryAddWithoutValidation(CacheControl, _cacheControl ?? "max-age=0");
        headers.TryAddWithoutValidation(UserAgent, _userAgent ?? defaults.UserAgent);
        foreach (var (name, value) in _others)
        {
            headers.TryAddWithoutValidation(name, value);
        }

        if (SendIdempotencyKey)
        {
            headers.TryAddWithoutValidation(IdempotencyKey, $"\"{id}\"");
        }
    }

    private static string? ReasonToRefuse(string name, string? value)
    {
        if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
        {
            return $"has keys of its own. Use {nameof(InvitationWebServiceOptions.InvitationCreatedContentType)} or {nameof(InvitationWebServiceOptions.InvitationAcceptedContentType)}";
        }

        if (Refused.Contains(name))
        {
            return "is a hop-by-hop or framing header, which the HTTP client sets itself. Remove it";
        }

        if (value is null || !IsValidValue(value))
        {
            return "the value is missing, or has characters other than printable ASCII. Correct it";
        }

        using var request = new HttpRequestMessage();
        return request.Headers.TryAddWithoutValidation(name, value)
            ? null
            : "describes a body or a response, not a request. Remove it";
    }
}
