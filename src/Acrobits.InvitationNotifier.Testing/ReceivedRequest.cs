using System.Text;

namespace Acrobits.InvitationNotifier.Testing;

/// <summary>A request that arrived at a <see cref="FakeProvider"/>, as it was sent.</summary>
public sealed class ReceivedRequest
{
    internal ReceivedRequest(
        string method, string pathAndQuery, IReadOnlyList<KeyValuePair<string, string>> headers, ReadOnlyMemory<byte> body)
    {
        Method = method;
        PathAndQuery = pathAndQuery;
        Headers = headers;
        Body = body;
    }

    /// <summary>The method, such as <c>GET</c> or <c>POST</c>.</summary>
    public string Method { get; }

    /// <summary>The path and the query exactly as they were sent: percent-encoding is neither decoded nor normalized.</summary>
    public string PathAndQuery { get; }

    /// <summary>The headers in the order in which they were sent, one entry for each line. A value is read as Latin-1.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    /// <summary>The bytes of the body. Empty if the request has none.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The body as UTF-8 text.</summary>
    public string BodyText => Encoding.UTF8.GetString(Body.Span);

    /// <summary>Returns the value of the first header with a name.</summary>
    /// <param name="name">The name, in upper or lower case.</param>
    /// <returns>The value, or <see langword="null"/> if the request has no such header.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is <see langword="null"/>.</exception>
    public string? GetHeader(string name)
    {
        ArgumentNullException.ThrowIfNull(name);

        return Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
    }

    /// <summary>Returns the request as text: request line, headers, an empty line and the body.</summary>
    /// <returns>The text, with the line ends of HTTP.</returns>
    public override string ToString() =>
        $"{Method} {PathAndQuery} HTTP/1.1\r\n{string.Concat(Headers.Select(header => $"{header.Key}: {header.Value}\r\n"))}\r\n{BodyText}";
}
