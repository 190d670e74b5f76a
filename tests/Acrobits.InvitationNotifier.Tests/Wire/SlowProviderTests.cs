using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Tests.Wire;

/// <summary>Providers that take their time; the clock is the test's.</summary>
public sealed class SlowProviderTests
{
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(10);

    [Fact]
    public Task NotifyAsync_NoAnswer_IsCutOffAtAttemptTimeout() => AssertCutOffAsync(async connection =>
    {
        await connection.ReadRequestAsync();
        await connection.UntilHangUpAsync();
    });

    [Fact]
    public Task NotifyAsync_HeadersAByteAtATime_AreCutOffAtAttemptTimeout() => AssertCutOffAsync(async connection =>
    {
        await connection.ReadRequestAsync();
        await connection.SendAsync("HTTP/1.1 204 No Content\r\nX: ");
        while (true)
        {
            await connection.SendAsync("a");
            await Task.Delay(10, connection.Stop);
        }
    });

    [Fact]
    public Task NotifyAsync_EndlessInterimAnswers_AreCutOffAtAttemptTimeout() => AssertCutOffAsync(async connection =>
    {
        await connection.ReadRequestAsync();
        while (true)
        {
            await connection.SendAsync(Answers.Lines("HTTP/1.1 103 Early Hints", "Link: </a.css>"));
            await Task.Delay(10, connection.Stop);
        }
    });

    [Theory]
    [InlineData(200, false)]
    [InlineData(200, true)]
    [InlineData(404, true)]
    public async Task NotifyAsync_SlowBody_IsNotWaitedFor(int status, bool reuseConnections)
    {
        var isDone = new TaskCompletionSource();
        await using var provider = RawProvider.Playing(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.SendAsync(Answers.Lines($"HTTP/1.1 {status} Whatever", "Content-Length: 1000") + "begin");
            await Task.WhenAny(isDone.Task, connection.UntilHangUpAsync());
        });
        await using var host = FaultAssertions.CreateHost(provider.Authority, new FakeTimeProvider(), reuseConnections);

        var result = await host.NotifyAsync(Secrets.Invitation);

        Assert.Equal(NotificationOutcome.Rejected, result.Outcome);
        Assert.Equal(status, (int?)result.StatusCode);
        Assert.Equal(1, result.Attempts);
        Assert.Equal(TimeSpan.Zero, result.Duration);
        isDone.SetResult();
    }

    [Fact]
    public async Task NotifyAsync_SlowAnswerWithinAttemptTimeout_IsDelivered()
    {
        var time = new FakeTimeProvider();
        var go = new TaskCompletionSource();
        await using var provider = RawProvider.Playing(async connection =>
        {
            await connection.ReadRequestAsync();
            await go.Task.WaitAsync(connection.Stop);
            await connection.SendAsync(Answers.NoContent);
            await connection.UntilHangUpAsync();
        });
        await using var host = FaultAssertions.CreateHost(provider.Authority, time);

        var delivery = host.NotifyAsync(Secrets.Invitation);
        await Eventually.BecomesAsync(() => provider.Requests.Count == 1, "the request has arrived");
        time.Advance(AttemptTimeout - TimeSpan.FromMilliseconds(1));
        go.SetResult();
        var result = await delivery;

        Assert.Equal((NotificationOutcome.Delivered, 1), (result.Outcome, result.Attempts));
        Assert.Equal(AttemptTimeout - TimeSpan.FromMilliseconds(1), result.Duration);
    }

    private static async Task AssertCutOffAsync(Func<RawConnection, Task> script)
    {
        var time = new FakeTimeProvider();
        await using var provider = RawProvider.Playing(script);
        await using var host = FaultAssertions.CreateHost(provider.Authority, time);

        var delivery = host.NotifyAsync(Secrets.Invitation);
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            await Eventually.BecomesAsync(() => provider.Requests.Count == attempt, $"attempt {attempt} has arrived");
            time.Advance(AttemptTimeout);
        }

        var result = await delivery;

        FaultAssertions.AssertUnreachable(result, attempts: 2);
        Assert.IsType<TimeoutException>(result.Exception);
        Assert.Equal(2 * AttemptTimeout, result.Duration);
        Secrets.AssertKept(host, result);
        await provider.UntilAllHungUpAsync();
    }
}
