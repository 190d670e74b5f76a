using Acrobits.InvitationNotifier.Text;

namespace Acrobits.InvitationNotifier.Egress;

/// <summary>What the TLS files of an endpoint held when they were read.</summary>
/// <param name="Material">The certificates.</param>
/// <param name="Hash">A hash of all files, which finds changes.</param>
/// <param name="Warnings">What is valid but probably not meant.</param>
internal sealed record TlsContent(TlsMaterial Material, byte[] Hash, IReadOnlyList<Problem> Warnings);
