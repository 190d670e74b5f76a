using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.Wire;

/// <summary>What holds for every fault of a provider.</summary>
internal static class FaultAssertions
{
    /// <summary>A host that repeats a failed attempt once, at once, with secrets in all places of its requests.</summary>
    public static NotifierHost CreateHost(string authority, TimeProvider? time = null, bool reuseConnections = false) =>
        NotifierHost.Create(
            options =>
            {
                Secrets.Configure(options, authority);
                options.ReuseConnections = reuseConnections;
                options.Retry = new() { MaxRetryAttempts = 1, Delay = TimeSpan.Zero };
            },
            time: time);

    /// <summary>Delivers an invitation to a provider that plays the script, which ends in no usable answer.</summary>
    public static async Task AssertUnreachableAsync(Func<RawConnection, Task> script)
    {
        foreach (var reuseConnections in new[] { false, true })
        {
            await using var provider = RawProvider.Playing(script);
            await using var host = CreateHost(provider.Authority, reuseConnections: reuseConnections);

            var result = await host.NotifyAsync(Secrets.Invitation);

            AssertUnreachable(result, attempts: 2);
            Secrets.AssertKept(host, result);
            Assert.Equal(2, provider.Connections);
            await provider.UntilAllHungUpAsync();
        }
    }

    public static void AssertUnreachable(NotificationResult result, int attempts)
    {
        Assert.Equal(NotificationOutcome.Unreachable, result.Outcome);
        Assert.False(result.IsSuccess);
        Assert.True(result.IsTransient);
        Assert.Null(result.StatusCode);
        Assert.NotNull(result.Exception);
        Assert.Equal(attempts, result.Attempts);
    }
}
