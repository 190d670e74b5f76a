using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Acrobits.InvitationNotifier.Testing;

/// <summary>One connection to a <see cref="FakeProvider"/>: reads requests and sends answers, one after the other.</summary>
internal sealed class ProviderConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stopping;

    // In Latin-1 each byte is one character, so that lines and bodies can be read by the same reader.
    private readonly StreamReader _reader;

    public ProviderConnection(Socket socket, TimeProvider time, CancellationToken stopping)
    {
        (_socket, _time, _stopping) = (socket, time, stopping);
        _stream = new NetworkStream(socket);
        _reader = new StreamReader(_stream, Encoding.Latin1, detectEncodingFromByteOrderMarks: false);
    }

    /// <summary>Reads the next request. Returns null if the client closed the connection, or sent something else than HTTP.</summary>
    public async Task<ReceivedRequest?> ReceiveAsync()
    {
        if (await ReadLineAsync().ConfigureAwait(false) is not { } line || line.Split(' ') is not [var method, var target, "HTTP/1.1"])
        {
            return null;
        }

        var headers = await ReadHeadersAsync().ConfigureAwait(false);
        var body = await ReadBodyAsync(headers).ConfigureAwait(false);
        return new ReceivedRequest(method, target, headers, body);
    }

    /// <summary>Sends an answer. Returns whether another request can follow on the connection.</summary>
    public async Task<bool> SendAsync(ReceivedRequest request, ProviderAnswer answer)
    {
        if (answer.Delay > TimeSpan.Zero)
        {
            await Task.Delay(answer.Delay, _time, _stopping).ConfigureAwait(false);
        }

        switch (answer.Kind)
        {
            case ProviderAnswerKind.Hang:
                await WaitForEndAsync().ConfigureAwait(false);
                return false;
            case ProviderAnswerKind.ConnectionReset:
                _socket.LingerState = new LingerOption(enable: true, seconds: 0);
                return false;
            default:
                await _stream.WriteAsync(Encode(answer), _stopping).ConfigureAwait(false);
                break;
        }

        if (!string.Equals(request.GetHeader("Connection"), "close", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        // A socket that is closed with unread data resets the connection, and the client could lose the answer.
        _socket.Shutdown(SocketShutdown.Send);
        await WaitForEndAsync().ConfigureAwait(false);
        return false;
    }

    public void Dispose()
    {
        _reader.Dispose();
        _socket.Dispose();
    }

    private static byte[] Encode(ProviderAnswer answer)
    {
        var hasBody = answer.StatusCode is not (HttpStatusCode.NoContent or HttpStatusCode.NotModified);
        var body = hasBody ? Encoding.UTF8.GetBytes(answer.Body) : [];
        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {(int)answer.StatusCode} {answer.StatusCode}\r\n");
        if (answer.RetryAfter is { } retryAfter)
        {
            head.Append(CultureInfo.InvariantCulture, $"Retry-After: {Math.Ceiling(retryAfter.TotalSeconds)}\r\n");
        }

        if (hasBody)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
        }

        return [.. Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), .. body];
    }

    private async Task<List<KeyValuePair<string, string>>> ReadHeadersAsync()
    {
        List<KeyValuePair<string, string>> headers = [];
        while (await ReadLineAsync().ConfigureAwait(false) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add(colon < 0 ? new(line, "") : new(line[..colon], line[(colon + 1)..].Trim(' ', '\t')));
        }

        return headers;
    }

    private async Task<byte[]> ReadBodyAsync(List<KeyValuePair<string, string>> headers)
    {
        var isChunked = headers.Exists(header => header.Key.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase));
        if (!isChunked)
        {
            var length = headers.Find(header => header.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).Value;
            return await ReadAsync(int.Parse(length ?? "0", CultureInfo.InvariantCulture)).ConfigureAwait(false);
        }

        List<byte> body = [];
        while (await ReadLineAsync().ConfigureAwait(false) is { } line
            && int.Parse(line.Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture) is > 0 and var size)
        {
            body.AddRange(await ReadAsync(size).ConfigureAwait(false));
            await ReadLineAsync().ConfigureAwait(false);
        }

        await ReadHeadersAsync().ConfigureAwait(false);
        return [.. body];
    }

    private async Task<byte[]> ReadAsync(int length)
    {
        // The reader waits for data even if it is asked for none.
        if (length == 0)
        {
            return [];
        }

        var text = new char[length];
        return await _reader.ReadBlockAsync(text, _stopping).ConfigureAwait(false) == length
            ? Encoding.Latin1.GetBytes(text)
            : throw new EndOfStreamException();
    }

    private async Task<string?> ReadLineAsync() => await _reader.ReadLineAsync(_stopping).ConfigureAwait(false);

    private async Task WaitForEndAsync()
    {
        var ignored = new char[1024];
        while (await _reader.ReadAsync(ignored, _stopping).ConfigureAwait(false) > 0)
        {
        }
    }
}
