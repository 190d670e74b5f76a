namespace Acrobits.InvitationNotifier.Tests.Support;

/// <summary>Answers of a provider, as they go over the wire.</summary>
internal static class Answers
{
    /// <summary>The documented answer to the letter: it announces a body and has none.</summary>
    public static string Documented { get; } = Lines(
        "HTTP/1.1 204 No Content",
        "Date: Sun, 15 Mar 2015 00:46:17 GMT",
        "Server: Apache/2.4.7 (Ubuntu)",
        "Vary: Accept-Encoding",
        "Content-Length: 123",
        "Keep-Alive: timeout=5, max=100",
        "Connection: Keep-Alive");

    public static string NoContent { get; } = Lines("HTTP/1.1 204 No Content");

    /// <summary>A status with no body.</summary>
    public static string Status(int status, params string[] headers) =>
        Lines([$"HTTP/1.1 {status} Whatever", .. headers, "Content-Length: 0"]);

    /// <summary>A head: its lines, and the empty one.</summary>
    public static string Lines(params string[] lines) => string.Concat(lines.Append("").Select(line => line + "\r\n"));
}
