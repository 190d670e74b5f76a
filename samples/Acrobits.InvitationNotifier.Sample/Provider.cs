using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Acrobits.InvitationNotifier.Sample;

/// <summary>A provider's web service on this machine. It keeps each request byte for byte, as it arrived.</summary>
internal sealed partial class Provider : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, port: 0);
    private readonly List<byte[]> _requests = [];
    private readonly Task _serving;

    /// <param name="answers">The status of each answer in turn. After the last, connections are refused.</param>
    public Provider(IReadOnlyList<int> answers)
    {
        _listener.Start();
        Host = $"{_listener.LocalEndpoint}";
        _serving = ServeAsync(answers);
    }

    /// <summary>Host and port, such as <c>127.0.0.1:8080</c>.</summary>
    public string Host { get; }

    /// <summary>The requests that have arrived.</summary>
    public IReadOnlyList<byte[]> Requests => _requests;

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ServeAsync(IReadOnlyList<int> answers)
    {
        foreach (var status in answers)
        {
            using var client = await _listener.AcceptTcpClientAsync();
            await using var stream = client.GetStream();
            _requests.Add(await ReadRequestAsync(stream));
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} \r\nConnection: close\r\n\r\n"));
        }

        _listener.Stop();
    }

    private static async Task<byte[]> ReadRequestAsync(Stream stream)
    {
        List<byte> request = [];
        var buffer = new byte[4096];
        int length;
        do
        {
            length = await stream.ReadAsync(buffer);
            request.AddRange(buffer.AsSpan(0, length));
        }
        while (length > 0 && !IsComplete([.. request]));

        return [.. request];
    }

    private static bool IsComplete(byte[] request)
    {
        var text = Encoding.Latin1.GetString(request);
        var head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var bodyLength = ContentLength().Match(text) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan) : 0;
        return head >= 0 && text.Length >= head + 4 + bodyLength;
    }

    [GeneratedRegex(@"^Content-Length: (\d+)", RegexOptions.Multiline)]
    private static partial Regex ContentLength();
}
