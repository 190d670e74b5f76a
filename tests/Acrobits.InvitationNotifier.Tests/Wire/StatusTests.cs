using System.Globalization;
using System.Net;
using Acrobits.InvitationNotifier.Tests.Support;

namespace Acrobits.InvitationNotifier.Tests.Wire;

/// <summary>What each status means.</summary>
public sealed class StatusTests
{
    // 509 and from 512 on no standard defines: they mean the same as 500.
    private static readonly int[] Transient = [408, 429, 500, 502, 503, 504, 509, .. Enumerable.Range(512, 88)];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task NotifyAsync_EveryStatus_HasItsOutcome(bool reuseConnections)
    {
        await using var provider = RawProvider.Playing(async connection =>
        {
            while (await connection.ReadRequestAsync() is { } request)
            {
                await connection.SendAsync(Answers.Status(StatusOf(connection.Request(request))));
            }
        });
        await using var host = NotifierHost.Create(options =>
        {
            options.InvitationCreatedUrl = provider.Url("/%invitee%");
            options.ReuseConnections = reuseConnections;
            options.Retry = new() { MaxRetryAttempts = 2, Delay = TimeSpan.Zero };
            options.CircuitBreaker.MinimumThroughput = int.MaxValue;
        });

        var wrong = new List<string>();
        for (var status = 200; status <= 599; status++)
        {
            var isTransient = Transient.Contains(status);
            var expected = (
                status == 204 ? NotificationOutcome.Delivered : NotificationOutcome.Rejected,
                (HttpStatusCode?)status,
                isTransient ? 3 : 1,
                isTransient);

            var result = await host.NotifyAsync(new Invitation(
                status.ToString(CultureInfo.InvariantCulture), "johnsnow", "mynetwork"));

            var actual = (result.Outcome, result.StatusCode, result.Attempts, result.IsTransient);
            var sent = provider.Requests.Count(request => StatusOf(request) == status);
            if (actual != expected || sent != result.Attempts || result.Exception is not null || result.IsSuccess != (status == 204))
            {
                wrong.Add($"{status}: {result}, {sent} requests");
            }
        }

        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData(101)]
    [InlineData(600)]
    [InlineData(999)]
    public async Task NotifyAsync_StatusBeyondTheRegistered_IsRejected(int status)
    {
        await using var provider = RawProvider.Answering(Answers.Status(status));
        await using var host = NotifierHost.Create(provider.Url("/"));

        var result = await host.NotifyAsync();

        Assert.Equal(NotificationOutcome.Rejected, result.Outcome);
        Assert.Equal((HttpStatusCode)status, result.StatusCode);
        Assert.Equal(1, result.Attempts);
        Assert.False(result.IsTransient);
    }

    [Fact]
    public async Task NotifyAsync_SuccessAfterTransientStatuses_IsDelivered()
    {
        await using var provider = RawProvider.Answering(Answers.Status(503), Answers.Status(429), Answers.NoContent);
        await using var host = NotifierHost.Create(options =>
        {
            options.InvitationCreatedUrl = provider.Url("/");
            options.InvitationCreatedPostData = "a=%invitee%";
            options.Retry.Delay = TimeSpan.Zero;
        });

        var result = await host.NotifyAsync();

        Assert.Equal(NotificationOutcome.Delivered, result.Outcome);
        Assert.True(result.IsSuccess);
        Assert.False(result.IsTransient);
        Assert.Equal(HttpStatusCode.NoContent, result.StatusCode);
        Assert.Equal(3, result.Attempts);
        Assert.Equal(3, provider.Requests.Count);
        Assert.Single(provider.Requests.Distinct());
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task NotifyAsync_Redirect_IsNotFollowed(int status)
    {
        await using var elsewhere = RawProvider.Answering(Answers.NoContent);
        await using var provider = RawProvider.Answering(Answers.Status(status, $"Location: {elsewhere.Url("/")}"));
        await using var host = NotifierHost.Create(provider.Url("/"));

        var result = await host.NotifyAsync();

        Assert.Equal(NotificationOutcome.Rejected, result.Outcome);
        Assert.Equal(1, result.Attempts);
        Assert.Single(provider.Requests);
        Assert.Equal(0, elsewhere.Connections);
    }

    [Theory]
    [InlineData(401, "WWW-Authenticate: Basic realm=\"x\"")]
    [InlineData(401, "WWW-Authenticate: Negotiate")]
    [InlineData(407, "Proxy-Authenticate: Basic realm=\"x\"")]
    public async Task NotifyAsync_ProviderAsksForCredentials_RequestIsNotRepeated(int status, string challenge)
    {
        await using var provider = RawProvider.Answering(Answers.Status(status, challenge));
        await using var host = NotifierHost.Create($"http://jon:snow@{provider.Authority}/");

        var result = await host.NotifyAsync();

        Assert.Equal(NotificationOutcome.Rejected, result.Outcome);
        Assert.Single(provider.Requests);
    }

    private static int StatusOf(string request) => int.Parse(request.Split(' ')[1].TrimStart('/'), CultureInfo.InvariantCulture);
}
