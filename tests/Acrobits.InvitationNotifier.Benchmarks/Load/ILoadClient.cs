namespace Acrobits.InvitationNotifier.Benchmarks.Load;

/// <summary>
/// One way to tell a provider of an invitation: the same method, URL, body and headers, and whatever headers a client adds itself.
/// </summary>
internal interface ILoadClient : IDisposable
{
    /// <summary>
    /// Sends one notification; throws if it was not answered with 204. Looking at the answer must not add to what is measured,
    /// so the state of this method is pooled in each.
    /// </summary>
    ValueTask SendAsync(Invitation invitation);
}
