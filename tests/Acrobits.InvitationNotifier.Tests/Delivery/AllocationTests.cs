using System.Diagnostics;
using System.Net;
using System.Reflection;
using Acrobits.InvitationNotifier.Tests.EndToEnd;
using Acrobits.InvitationNotifier.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.Tests.Delivery;

/// <summary>
/// What one notification allocates, counted on the one thread that it runs on: whatever makes it more is to be noticed. The
/// benchmarks measure the same over a network.
/// </summary>
[Collection(typeof(Alone))]
public sealed class AllocationTests
{
    // The compiler optimises what runs often, in the background and when it finds the time: a round is repeated until it has.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private const int NotificationsPerRound = 500;

    // The budgets are those of an optimised library. Without optimisation, the state of each asynchronous method is an
    // object, awaited or not.
    private static readonly int Factor =
        typeof(IInvitationNotifier).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true } ? 2 : 1;

    [Theory]
    [InlineData(false, 1_160)]
    [InlineData(true, 1_232)]
    public async Task NotifyAsync_AnsweredAtOnce_KeepsToItsBudget(bool isPost, int budget)
    {
        using var provider = new StubHandler(answersLater: false);

        Assert.InRange(await AllocatedAsync(provider, isPost, budget * Factor), 0, budget * Factor);
    }

    [Theory]
    [InlineData(false, 1_472)]
    [InlineData(true, 1_544)]
    public async Task NotifyAsync_AnsweredLater_KeepsToItsBudget(bool isPost, int budget)
    {
        using var provider = new StubHandler(answersLater: true);

        Assert.InRange(await AllocatedAsync(provider, isPost, budget * Factor), 0, budget * Factor);
    }

    [Fact]
    public async Task NotifyAsync_Signed_AllocatesAtMost600BytesMore()
    {
        using var provider = new StubHandler(answersLater: false);
        var unsigned = await AllocatedAsync(provider, isPost: true, budget: 1_232 * Factor);

        Assert.InRange(await AllocatedAsync(provider, isPost: true, unsigned + 600, isSigned: true), unsigned, unsigned + 600);
    }

    // The bytes of one notification, the stub's answer included; the least of several counts, for the runtime may allocate
    // something of its own.
    private static async Task<long> AllocatedAsync(StubHandler provider, bool isPost, long budget, bool isSigned = false)
    {
        await using var application = Application.Create(
            options =>
            {
                options.InvitationCreatedUrl = isPost
                    ? "https://example.com/invitation/"
                    : "https://example.com/invitation/?invitee=%invitee%&invitor=%invitor%&net=%network_id%";
                options.InvitationCreatedPostData = isPost
                    ? """{ "invitee" : "%invitee%", "invitor" : "%invitor%", "network" : "%network_id%" }"""
                    : null;
                options.InvitationCreatedContentType = isPost ? "application/json" : null;
                options.Retry = new RetryOptions();
                if (isSigned)
                {
                    options.Signing.Secrets.Add("whsec_" + Convert.ToBase64String(new byte[32]));
                }
            },
            (_, builder) => builder.ConfigurePrimaryHttpMessageHandler(() => provider));
        var notifier = application.Notifier();

        // On the pool, because what continues on the context of a test leaves the thread.
        return await Task.Run(() =>
        {
            var least = long.MaxValue;
            var started = Stopwatch.GetTimestamp();
            while (least > budget && Stopwatch.GetElapsedTime(started) < Eventually.Limit)
            {
                Thread.Sleep(Pause);
                var before = GC.GetAllocatedBytesForCurrentThread();
                for (var i = 0; i < NotificationsPerRound; i++)
                {
                    var notification = notifier.NotifyAsync(Application.Invitation);
                    provider.Answer();
                    Assert.True(notification.IsCompletedSuccessfully);
                }

                least = Math.Min(least, (GC.GetAllocatedBytesForCurrentThread() - before) / NotificationsPerRound);
            }

            return least;
        });
    }

    /// <summary>Answers 204, and where it answers later, so that all awaits before it really wait.</summary>
    private sealed class StubHandler(bool answersLater) : HttpMessageHandler
    {
        private TaskCompletionSource<HttpResponseMessage> _pending = new();

        /// <summary>Lets the notification continue, here and now.</summary>
        public void Answer() => _pending.TrySetResult(new HttpResponseMessage(HttpStatusCode.NoContent));

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            _pending = new TaskCompletionSource<HttpResponseMessage>();
            if (!answersLater)
            {
                Answer();
            }

            return _pending.Task;
        }
    }
}
