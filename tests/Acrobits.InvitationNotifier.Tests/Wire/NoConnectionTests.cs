using System.Net;
using System.Net.Sockets;
using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.Wire;

/// <summary>Providers that cannot be connected to.</summary>
public sealed class NoConnectionTests
{
    [Fact]
    public async Task NotifyAsync_NobodyListens_IsUnreachable()
    {
        // Bound and not listening: the port is nobody else's, and refuses.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var host = FaultAssertions.CreateHost(socket.LocalEndPoint!.ToString()!);

        var result = await host.NotifyAsync(Secrets.Invitation);

        FaultAssertions.AssertUnreachable(result, attempts: 2);
        Secrets.AssertKept(host, result);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NotifyAsync_NameDoesNotResolve_IsUnreachable(bool fails)
    {
        var lookUps = 0;
        await using var host = NotifierHost.Create(
            options =>
            {
                Secrets.Configure(options, "nonexistent.invalid");
                options.Retry = new() { MaxRetryAttempts = 1, Delay = TimeSpan.Zero };
            },
            resolve: (name, _) =>
            {
                Interlocked.Increment(ref lookUps);
                Assert.Equal("nonexistent.invalid", name);
                return fails
                    ? Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound))
                    : Task.FromResult<IPAddress[]>([]);
            });

        var result = await host.NotifyAsync(Secrets.Invitation);

        FaultAssertions.AssertUnreachable(result, attempts: 2);
        Secrets.AssertKept(host, result);
        Assert.Equal(2, lookUps);
    }

    [Fact]
    public async Task NotifyAsync_FirstAddressIsDead_TheNextIsUsed()
    {
        await using var provider = RawProvider.Answering(Answers.NoContent);
        await using var host = NotifierHost.Create(
            options => options.InvitationCreatedUrl = $"http://provider.example:{provider.Port}/",
            resolve: (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("127.0.0.9"), IPAddress.Loopback]));

        var result = await host.NotifyAsync();

        Assert.Equal((NotificationOutcome.Delivered, 1), (result.Outcome, result.Attempts));
    }

    [Fact]
    public async Task NotifyAsync_TlsToPlainPort_IsUnreachable()
    {
        await using var provider = RawProvider.Playing(async connection =>
        {
            await connection.SendAsync(Answers.Status(400));
            await connection.UntilHangUpAsync();
        });
        await using var host = CreateTlsHost(provider);

        var result = await host.NotifyAsync(Secrets.Invitation);

        FaultAssertions.AssertUnreachable(result, attempts: 2);
        Secrets.AssertKept(host, result);
        await provider.UntilAllHungUpAsync();
        Assert.DoesNotContain(provider.Requests, request => request.Contains("invit", StringComparison.Ordinal));
    }

    [Fact]
    public async Task NotifyAsync_TlsHandshakeIsCutOff_IsUnreachable()
    {
        await using var provider = RawProvider.Playing(_ => Task.CompletedTask);
        await using var host = CreateTlsHost(provider);

        var result = await host.NotifyAsync(Secrets.Invitation);

        FaultAssertions.AssertUnreachable(result, attempts: 2);
        Secrets.AssertKept(host, result);
    }

    [Fact]
    public async Task NotifyAsync_LoopbackIsNotAllowed_IsBlockedBeforeAnythingIsSent()
    {
        await using var provider = RawProvider.Answering(Answers.NoContent);
        await using var host = NotifierHost.Create(options =>
        {
            Secrets.Configure(options, provider.Authority);
            options.Egress.AllowedRanges.Clear();
        });

        var result = await host.NotifyAsync(Secrets.Invitation);

        Assert.Equal(NotificationOutcome.Blocked, result.Outcome);
        Assert.False(result.IsTransient);
        Assert.Null(result.StatusCode);
        Assert.NotNull(result.Exception);
        Assert.Equal(1, result.Attempts);
        Assert.Equal(0, provider.Connections);
        Secrets.AssertKept(host, result);
    }

    private static NotifierHost CreateTlsHost(RawProvider provider) => NotifierHost.Create(options =>
    {
        Secrets.Configure(options, provider.Authority);
        options.InvitationCreatedUrl = options.InvitationCreatedUrl!.Replace("http://", "https://", StringComparison.Ordinal);
        options.Retry = new() { MaxRetryAttempts = 1, Delay = TimeSpan.Zero };
    });
}
