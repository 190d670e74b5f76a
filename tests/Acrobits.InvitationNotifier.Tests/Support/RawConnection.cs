using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Acrobits.InvitationNotifier.Tests.Support;

/// <summary>One connection to a <see cref="RawProvider"/>, for its script.</summary>
internal sealed class RawConnection(RawProvider provider, Socket socket, int number, CancellationToken stop) : IDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly List<byte> _received = [];

    /// <summary>Counts the provider's connections, from 1.</summary>
    public int Number => number;

    /// <summary>Ends with the test.</summary>
    public CancellationToken Stop => stop;

    /// <summary>Reads the next request and keeps it.</summary>
    /// <returns>Its number among all of the provider's requests, from 1; null where the client hung up instead.</returns>
    public async Task<int?> ReadRequestAsync()
    {
        while (true)
        {
            if (FindEnd() is { } end && _received.Count >= end)
            {
                var request = Utf8.GetString([.. _received[..end]]);
                _received.RemoveRange(0, end);
                return provider.Add(request);
            }

            if (!await ReceiveAsync())
            {
                // What is no whole request must not go unnoticed.
                return _received.Count == 0 ? null : provider.Add(Encoding.Latin1.GetString([.. _received]));
            }
        }
    }

    /// <summary>The text of a request that was read.</summary>
    public string Request(int request) => provider.Requests[request - 1];

    /// <summary>Answers requests until the client hangs up: each with the next answer, all further ones with the last.</summary>
    public async Task AnswerAllAsync(params string[] answers)
    {
        while (await ReadRequestAsync() is { } request)
        {
            await SendAsync(answers[Math.Min(request, answers.Length) - 1]);
        }
    }

    public Task SendAsync(string text) => SendAsync(Utf8.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, stop)..];
        }
    }

    /// <summary>Sends a text again and again, for as long as the client takes it and the limit allows.</summary>
    /// <returns>Whether the client hung up before the limit was reached.</returns>
    public async Task<bool> SendUntilHangUpAsync(string text, int limit)
    {
        var bytes = Utf8.GetBytes(text);
        socket.SendBufferSize = 64 * 1024;
        try
        {
            for (var sent = 0; sent < limit; sent += bytes.Length)
            {
                await SendAsync(bytes);
            }

            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    /// <summary>Waits, without a word, until the client hangs up.</summary>
    public async Task UntilHangUpAsync()
    {
        while (await ReceiveAsync())
        {
            _received.Clear();
        }
    }

    /// <summary>Ends the connection with a TCP reset.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
    }

    public void Dispose() => socket.Dispose();

    private async Task<bool> ReceiveAsync()
    {
        var buffer = new byte[4096];
        try
        {
            var length = await socket.ReceiveAsync(buffer, stop);
            _received.AddRange(buffer[..length]);
            return length > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private int? FindEnd()
    {
        var text = Encoding.Latin1.GetString([.. _received]);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return null;
        }

        const string ContentLength = "\r\nContent-Length: ";
        var length = text.IndexOf(ContentLength, 0, end, StringComparison.OrdinalIgnoreCase);
        return end + 4 + (length < 0 ? 0 : int.Parse(
            text[(length + ContentLength.Length)..].Split("\r\n")[0], CultureInfo.InvariantCulture));
    }
}
