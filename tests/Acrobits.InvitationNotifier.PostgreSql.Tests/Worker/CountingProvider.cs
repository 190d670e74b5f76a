using System.Collections.Concurrent;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Worker;

/// <summary>A provider in the process of the tests, which outlives the workers that are killed, and keeps what arrives.</summary>
internal sealed class CountingProvider : IAsyncDisposable
{
    private readonly RawProvider _provider;
    private readonly ConcurrentQueue<Arrival> _arrivals = new();
    private volatile int _status = 204;
    private volatile int _answered;
    private int _received;

    /// <param name="answered">How many requests are answered at once; all further ones wait for <see cref="Release"/>.</param>
    public CountingProvider(int answered = int.MaxValue)
    {
        _answered = answered;
        _provider = RawProvider.Playing(ConverseAsync);
    }

    /// <summary>How many requests are answered at once. More are, when it grows.</summary>
    public int Answered { get => _answered; set => _answered = value; }

    /// <summary>What the next requests are answered with.</summary>
    public int Status { get => _status; set => _status = value; }

    /// <summary>How long it thinks about an answer, so that a kill finds deliveries under way.</summary>
    public TimeSpan Delay { get; init; }

    public int Count => _arrivals.Count;

    public IReadOnlyList<Arrival> Arrivals => [.. _arrivals];

    public string Url => _provider.Url(Arrival.PathAndQuery);

    /// <summary>How many arrived more than once, each as often as it did.</summary>
    public int Duplicates => Count - Arrivals.DistinctBy(arrival => arrival.Invitee).Count();

    /// <summary>Answers those that wait, and all to come.</summary>
    public void Release() => Answered = int.MaxValue;

    public ValueTask DisposeAsync() => _provider.DisposeAsync();

    private async Task ConverseAsync(RawConnection connection)
    {
        if (await connection.ReadRequestAsync() is { } request)
        {
            _arrivals.Enqueue(Arrival.Parse(connection.Request(request)));
            var number = Interlocked.Increment(ref _received);
            while (number > Answered)
            {
                await Task.Delay(10, connection.Stop);
            }

            await Task.Delay(Delay, connection.Stop);
            await connection.SendAsync($"HTTP/1.1 {Status} Status\r\nConnection: close\r\n\r\n");
        }
    }
}
