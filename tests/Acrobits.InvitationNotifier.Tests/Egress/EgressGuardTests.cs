using System.Net;
using System.Net.Sockets;
using Acrobits.InvitationNotifier.Egress;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Acrobits.InvitationNotifier.Tests.Egress;

public class EgressGuardTests
{
    private const string Loopback = "127.0.0.0/8";

    [Theory]
    [InlineData(8)]
    [InlineData(15)]
    public async Task ConnectAsync_ManyAddressesRefuse_TriesTheNextAtOnce(int refusing)
    {
        using var client = new GuardedClient(Loopback, [.. Enumerable.Range(1, refusing).Select(i => $"127.9.0.{i}"), "127.0.0.1"]);

        Assert.Equal(HttpStatusCode.NoContent, await client.GetAsync());
    }

    [Fact]
    public async Task ConnectAsync_AllowedAnswer_Connects()
    {
        using var client = new GuardedClient("127.0.0.1/32", "127.0.0.1");

        Assert.Equal(HttpStatusCode.NoContent, await client.GetAsync());
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("10.0.0.1", "127.0.0.1")]
    [InlineData("127.0.0.1", "10.0.0.1")]
    [InlineData("127.0.0.1", "127.0.0.1", "fe80::1")]
    [InlineData("::ffff:127.0.0.1", "64:ff9b::10.0.0.1", "127.0.0.1")]
    public async Task ConnectAsync_AnyForbiddenAnswer_ForbidsTheName(params string[] answers)
    {
        using var client = new GuardedClient(Loopback, answers);

        var exception = Assert.IsType<EgressBlockedException>(await client.FailAsync());

        Assert.Contains("Egress:AllowedRanges does not allow", exception.Message, StringComparison.Ordinal);
        Assert.False(client.IsConnectedTo);
    }

    [Fact]
    public async Task ConnectAsync_ForbiddenAnswer_SaysWhichRangeForbidsIt()
    {
        using var client = new GuardedClient(Loopback, "169.254.169.254");

        Assert.Contains("169.254.169.254 is in 169.254.0.0/16 (link-local", (await client.FailAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectAsync_NoAnswer_FailsAsAnUnknownName()
    {
        using var client = new GuardedClient(Loopback);

        Assert.Equal(SocketError.HostNotFound, Assert.IsType<SocketException>(await client.FailAsync()).SocketErrorCode);
    }

    [Fact]
    public async Task ConnectAsync_FirstAddressRefuses_TriesTheNext()
    {
        using var client = new GuardedClient(Loopback, "127.0.0.2", "127.0.0.3", "127.0.0.1");

        Assert.Equal(HttpStatusCode.NoContent, await client.GetAsync());
    }

    [Fact]
    public async Task ConnectAsync_AllAddressesRefuse_FailsWithTheLastReason()
    {
        using var client = new GuardedClient(Loopback, "127.0.0.2", "127.0.0.3");

        Assert.Equal(SocketError.ConnectionRefused, Assert.IsType<SocketException>(await client.FailAsync()).SocketErrorCode);
        Assert.False(client.IsConnectedTo);
    }

    [Fact]
    public async Task ConnectAsync_NameThatChangesItsAnswer_IsLookedUpOnceAndDialledAsChecked()
    {
        var lookUps = new List<string>();
        using var client = new GuardedClient("127.0.0.1/32", (host, _) =>
        {
            lookUps.Add(host);
            return Task.FromResult(new[] { IPAddress.Parse(lookUps.Count == 1 ? "127.0.0.1" : "127.0.0.2") });
        });

        Assert.Equal(HttpStatusCode.NoContent, await client.GetAsync());
        Assert.Equal(["provider.example"], lookUps);

        // The connection is closed: the next one is checked anew.
        Assert.IsType<EgressBlockedException>(await client.FailAsync());
    }

    [Fact]
    public async Task ConnectAsync_LookUpFails_FailsWithItsReason()
    {
        using var client = new GuardedClient(Loopback, (_, _) => throw new SocketException((int)SocketError.TryAgain));

        Assert.Equal(SocketError.TryAgain, Assert.IsType<SocketException>(await client.FailAsync()).SocketErrorCode);
    }

    [Fact]
    public async Task ConnectAsync_CancelledDuringLookUp_IsCancelled()
    {
        using var cancellation = new CancellationTokenSource();
        using var client = new GuardedClient(Loopback, async (_, cancellationToken) =>
        {
            await cancellation.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return [];
        });

        Assert.IsAssignableFrom<OperationCanceledException>(await client.FailAsync(cancellationToken: cancellation.Token));
    }

    [Fact]
    public async Task ConnectAsync_NameServerNeverAnswers_TimesOutAndSaysWhatWasNotReached()
    {
        var time = new FakeTimeProvider();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var client = new GuardedClient(
            Loopback,
            async (_, cancellationToken) =>
            {
                asked.SetResult();
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return [];
            },
            time);
        var failing = client.FailAsync();
        await asked.Task.WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken);

        time.Advance(TimeSpan.FromHours(1));

        var exception = await failing.WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken);
        Assert.Contains("No connection to provider.example:", Assert.IsType<TimeoutException>(exception).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0177.0.0.1")]
    [InlineData("0")]
    [InlineData("[::1]")]
    [InlineData("[::]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[::ffff:7f00:1]")]
    [InlineData("[64:ff9b::127.0.0.1]")]
    [InlineData("[::127.0.0.1]")]
    [InlineData("169.254.169.254")]
    public async Task NotifyAsync_UrlOfTheServersOwnNetwork_IsBlocked(string host)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var services = new ServiceCollection();
        services.AddInvitationNotifier(options => options.InvitationCreatedUrl = $"http://{host}:{port}/");
        await using var provider = services.BuildServiceProvider();

        var result = await provider.GetRequiredService<IInvitationNotifier>()
            .NotifyAsync(new Invitation("420", "john", "net"), TestContext.Current.CancellationToken);

        Assert.Equal(NotificationOutcome.Blocked, result.Outcome);
        Assert.Equal(1, result.Attempts);
        Assert.False(result.IsTransient);
        Assert.IsType<EgressBlockedException>(result.Exception);
        Assert.False(listener.Pending());
    }
}
