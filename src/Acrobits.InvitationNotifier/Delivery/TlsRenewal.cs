using Acrobits.InvitationNotifier.Configuration;
using Acrobits.InvitationNotifier.Telemetry;
using Microsoft.Extensions.Logging;

namespace Acrobits.InvitationNotifier.Delivery;

/// <summary>Renews the certificates of endpoints in use when their files change, and logs what happened.</summary>
internal sealed class TlsRenewal(EndpointWarnings warnings, TimeProvider time, ILogger<IInvitationNotifier> logger)
{
    /// <summary>Looks for changed files of an endpoint, at most once in a few seconds.</summary>
    public void RenewIfDue(InvitationEndpoint endpoint, string networkId)
    {
        if (endpoint.Tls is not { } tls || !tls.IsDue(time))
        {
            return;
        }

        var network = endpoint.IsForAllNetworks ? null : networkId;
        var known = tls.Warnings;
        var isRenewed = tls.Renew(out var failure);
        if (failure is not null)
        {
            logger.TlsFilesInvalid(network, failure);
        }
        else if (isRenewed)
        {
            logger.TlsFilesRenewed(network);
        }

        if (!ReferenceEquals(tls.Warnings, known))
        {
            warnings.LogChanged(endpoint, networkId);
        }
    }
}
