using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;

namespace Acrobits.InvitationNotifier.Benchmarks.Load;

/// <summary>What one would write by hand with the framework's standard resilience handler, both as they come.</summary>
internal sealed class StandardHandlerClient : ILoadClient
{
    private readonly ServiceProvider _services;
    private readonly HttpClient _client;
    private readonly HandWrittenRequest _request;

    public StandardHandlerClient(Workload workload)
    {
        _request = new HandWrittenRequest(workload);
        var services = new ServiceCollection();
        services.AddHttpClient(nameof(StandardHandlerClient))
            .ConfigurePrimaryHttpMessageHandler(() => Handlers.Create(workload.ReusesConnections))
            .AddStandardResilienceHandler();
        _services = services.BuildServiceProvider();
        _client = _services.GetRequiredService<IHttpClientFactory>()
            .CreateClient(nameof(StandardHandlerClient)).WithDocumentedHeaders(workload);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(Invitation invitation)
    {
        using var request = _request.Create(invitation);
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Handlers.Expect204(response.StatusCode);
    }

    public void Dispose()
    {
        _client.Dispose();
        _services.Dispose();
    }
}
