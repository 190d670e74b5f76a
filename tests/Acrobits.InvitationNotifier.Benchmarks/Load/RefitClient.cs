using System.Runtime.CompilerServices;
using Refit;

namespace Acrobits.InvitationNotifier.Benchmarks.Load;

/// <summary>Refit, as it comes: it has no resilience of its own.</summary>
internal sealed class RefitClient : ILoadClient
{
    private readonly HttpClient _client;
    private readonly IRefitService _service;
    private readonly bool _isPost;

    public RefitClient(Workload workload)
    {
        _client = new HttpClient(Handlers.Create(workload.ReusesConnections)).WithDocumentedHeaders(workload);
        _service = RestService.For<IRefitService>(_client);
        _isPost = workload.IsPost;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(Invitation invitation)
    {
        using var response = await (_isPost
            ? _service.PostAsync(new InvitationBody(invitation.Invitee, invitation.Invitor, invitation.NetworkId))
            : _service.GetAsync(invitation.Invitee, invitation.Invitor, invitation.NetworkId));
        Handlers.Expect204(response.StatusCode ?? throw new InvalidOperationException("There was no answer.", response.Error));
    }

    public void Dispose() => _client.Dispose();
}
