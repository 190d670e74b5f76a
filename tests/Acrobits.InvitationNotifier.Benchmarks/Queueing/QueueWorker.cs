using Acrobits.InvitationNotifier.Benchmarks.Load;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rebus.Backoff;
using Rebus.Config;
using Rebus.Handlers;
using Rebus.Retry.Simple;
using Rebus.Routing.TypeBased;

namespace Acrobits.InvitationNotifier.Benchmarks.Queueing;

/// <summary>What a worker does with each message: the same transport, with more and more around it.</summary>
internal enum Work
{
    /// <summary>Nothing: what the transport costs.</summary>
    Nothing,

    /// <summary>A bare HTTP request, as short as it can be written.</summary>
    BareRequest,

    /// <summary>The library: its handler, pipeline, egress guard and telemetry.</summary>
    Library,
}

/// <summary>How the queue is registered.</summary>
internal enum Recipe
{
    /// <summary>As docs/queues.md had it before there was a package for PostgreSQL: Rebus and its own transport.</summary>
    HandWritten,

    /// <summary>AddPostgreSqlInvitationQueue.</summary>
    OneCall,
}

/// <summary>A worker, which "durable" starts in processes of their own.</summary>
internal static class QueueWorker
{
    public const string Command = "serve-queue";
    public const string Queue = "invitations";
    public const int Parallelism = 20;

    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(250),
    ];

    public static Task<SelfProcess> StartAsync(Recipe recipe, Work work, string connectionString, Uri provider) =>
        SelfProcess.StartAsync(Command, recipe.ToString(), work.ToString(), connectionString, provider.AbsoluteUri);

    public static string TableOf(Recipe recipe) => recipe == Recipe.OneCall ? "invitation_messages" : "messages";

    /// <summary>The process itself.</summary>
    public static async Task ServeAsync(Recipe recipe, Work work, string connectionString, Uri provider)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        AddNotifier(builder.Services, provider);
        AddQueue(builder.Services, recipe, connectionString, deliver: true);
        if (work != Work.Library)
        {
            builder.Services.RemoveAll<IHandleMessages<Invitation>>();
            builder.Services.AddSingleton<IHandleMessages<Invitation>>(work == Work.Nothing ? new IdleHandler() : new BareHandler(provider));
        }

        using var host = builder.Build();
        await host.StartAsync();
        await SelfProcess.ServeAsync("ready");
        await host.StopAsync();
    }

    /// <summary>Adds the queue, to a process that delivers or to one that only enqueues.</summary>
    public static void AddQueue(IServiceCollection services, Recipe recipe, string connectionString, bool deliver)
    {
        if (recipe == Recipe.OneCall)
        {
            services.AddPostgreSqlInvitationQueue(connectionString, options =>
            {
                options.Deliver = deliver;
                options.MaxConcurrentDeliveries = Parallelism;
            });
            return;
        }

        services.AddRebusInvitationQueue();
        services.AddRebus(bus => AddTransport(bus, connectionString).Options(options =>
        {
            options.SetNumberOfWorkers(deliver ? 1 : 0);
            options.SetMaxParallelism(Parallelism);
            options.SetBackoffTimes(Waits);
            options.RetryStrategy(errorHandlerMode: ErrorHandlerMode.NextDelivery);
        }));
    }

    private static RebusConfigurer AddTransport(RebusConfigurer bus, string connectionString) => bus
        .Transport(transport => transport.UsePostgreSql(connectionString, "messages", Queue))
        .Routing(routing => routing.TypeBased().Map<Invitation>(Queue))
        .UseInvitationMessages();

    public static IServiceCollection AddNotifier(IServiceCollection services, Uri provider)
    {
        services.AddInvitationNotifier(options =>
        {
            options.InvitationCreatedUrl = provider + "?invitee=%invitee%&invitor=%invitor%&net=%network_id%";
            options.Egress.AllowedRanges.Add("127.0.0.0/8");
        });
        return services;
    }

    private sealed class IdleHandler : IHandleMessages<Invitation>
    {
        public Task Handle(Invitation message) => Task.CompletedTask;
    }

    // A connection for each request, as the library does it by default.
    private sealed class BareHandler(Uri provider) : IHandleMessages<Invitation>
    {
        private static readonly HttpMessageInvoker Client = new(Handlers.Create(reusesConnections: false));

        public async Task Handle(Invitation message)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, provider);
            request.Headers.ConnectionClose = true;
            using var response = await Client.SendAsync(request, CancellationToken.None);
            Handlers.Expect204(response.StatusCode);
        }
    }
}
