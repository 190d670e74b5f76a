using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.Benchmarks.Load;

/// <summary>This library, with all that stands between the notifier and the provider.</summary>
internal sealed class NotifierClient : ILoadClient
{
    private readonly ServiceProvider _services;
    private readonly IInvitationNotifier _notifier;

    public NotifierClient(Workload workload, HttpMessageHandler? handler = null)
    {
        var services = new ServiceCollection();
        var builder = services.AddInvitationNotifier(options =>
        {
            options.InvitationCreatedUrl = workload.UrlTemplate;
            if (workload.IsPost)
            {
                options.InvitationCreatedPostData = Workload.JsonTemplate;
                options.InvitationCreatedContentType = "application/json";
            }

            options.ReuseConnections = workload.ReusesConnections;

            // In force, and as wide as the workload: the others have as many under way.
            options.MaxConcurrentRequests = workload.Concurrency;
            options.Egress.AllowedRanges.Add("127.0.0.0/8");
        });
        if (handler is not null)
        {
            builder.ConfigurePrimaryHttpMessageHandler(() => handler);
        }

        _services = services.BuildServiceProvider();
        _notifier = _services.GetRequiredService<IInvitationNotifier>();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(Invitation invitation)
    {
        var result = await _notifier.NotifyAsync(invitation);
        if (!result.IsSuccess)
        {
            throw new InvalidOperationException($"The notification ended as {result.Outcome}.", result.Exception);
        }
    }

    public void Dispose() => _services.Dispose();
}
