using System.Net.Sockets;
using System.Text;

namespace Acrobits.InvitationNotifier.Tests.EndToEnd;

/// <summary>What a provider does with a connection, once it has the request (or the first bytes of something else).</summary>
internal delegate Task Reply(Socket connection, string request, CancellationToken stopping);

internal static class Replies
{
    public static Reply NoContent { get; } = Status(204);

    /// <summary>Keeps the connection, silent.</summary>
    public static Reply Hang { get; } = (_, _, stopping) => Task.Delay(Timeout.Infinite, stopping);

    /// <summary>Closes it without a word.</summary>
    public static Reply Close { get; } = (connection, _, _) =>
    {
        connection.Shutdown(SocketShutdown.Send);
        return Task.CompletedTask;
    };

    public static Reply Reset { get; } = (connection, _, _) =>
    {
        connection.LingerState = new LingerOption(enable: true, seconds: 0);
        return Task.CompletedTask;
    };

    public static Reply Status(int status, string headers = "") =>
        Text($"HTTP/1.1 {status} Whatever\r\nContent-Length: 0\r\n{headers}\r\n");

    public static Reply Text(string text) => async (connection, _, stopping) =>
        await connection.SendAsync(Encoding.UTF8.GetBytes(text), stopping);

    /// <summary>Sends what was made of the request, and that is the end of the connection.</summary>
    public static Reply Echo(Func<string, string> answer) => async (connection, request, stopping) =>
    {
        await connection.SendAsync(Encoding.UTF8.GetBytes(answer(request)), stopping);
        connection.Shutdown(SocketShutdown.Send);
    };

    /// <summary>Answers 204 once it is told to.</summary>
    public static Reply NoContentAfter(Task signal) => async (connection, request, stopping) =>
    {
        await signal.WaitAsync(stopping);
        await NoContent(connection, request, stopping);
    };

    /// <summary>Replies as the path of the request says.</summary>
    public static Reply ByPath(params (string Path, Reply Reply)[] replies) => (connection, request, stopping) =>
        Array.Find(replies, reply => request.Split(' ')[1].StartsWith(reply.Path, StringComparison.Ordinal))
            .Reply(connection, request, stopping);

    /// <summary>One after the other, and the last for ever.</summary>
    public static Reply Sequence(params Reply[] replies)
    {
        var next = -1;
        return (connection, request, stopping) =>
            replies[Math.Min(Interlocked.Increment(ref next), replies.Length - 1)](connection, request, stopping);
    }
}
