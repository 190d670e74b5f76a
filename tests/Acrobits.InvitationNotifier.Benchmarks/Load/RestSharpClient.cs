using System.Runtime.CompilerServices;
using RestSharp;

namespace Acrobits.InvitationNotifier.Benchmarks.Load;

/// <summary>RestSharp, as it comes: it has no resilience of its own.</summary>
internal sealed class RestSharpClient : ILoadClient
{
    private readonly RestClient _client;
    private readonly Method _method;

    public RestSharpClient(Workload workload)
    {
        var client = new HttpClient(Handlers.Create(workload.ReusesConnections)).WithDocumentedHeaders(workload);
        _client = new RestClient(client, disposeHttpClient: true);
        _method = workload.IsPost ? Method.Post : Method.Get;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(Invitation invitation)
    {
        var request = new RestRequest(Workload.Path, _method);
        if (_method == Method.Post)
        {
            request.AddJsonBody(new InvitationBody(invitation.Invitee, invitation.Invitor, invitation.NetworkId));
        }
        else
        {
            request.AddQueryParameter("invitee", invitation.Invitee)
                .AddQueryParameter("invitor", invitation.Invitor)
                .AddQueryParameter("net", invitation.NetworkId);
        }

        var response = await _client.ExecuteAsync(request);
        Handlers.Expect204(response.StatusCode);
    }

    public void Dispose() => _client.Dispose();
}
