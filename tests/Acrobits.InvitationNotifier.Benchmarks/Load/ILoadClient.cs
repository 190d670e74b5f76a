namespace Acrobits.InvitationNotifier.Benchmarks.Load;

/// <summary>One way to tell a provider of an invitation. All send the same request, and what headers they add themselves.</summary>
internal interface ILoadClient : IDisposable
{
    /// <summary>Sends one notification; throws if it was not answered with 204.</summary>
    ValueTask SendAsync(Invitation invitation);
}
