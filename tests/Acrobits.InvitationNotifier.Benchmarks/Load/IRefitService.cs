using Refit;

namespace Acrobits.InvitationNotifier.Benchmarks.Load;

/// <summary>The web service as Refit wants it described.</summary>
internal interface IRefitService
{
    [Get(Workload.Path)]
    Task<IApiResponse> GetAsync(string invitee, string invitor, string net);

    [Post(Workload.Path)]
    Task<IApiResponse> PostAsync([Body] InvitationBody body);
}
