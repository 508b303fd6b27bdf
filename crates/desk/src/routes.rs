//! Who may do what: one table, from which the router is built.

use crate::gate::{self, Gate};
use crate::pages::{
    account, case, claims, decide, decided, deletions, evidence, handing, live, offers, queue, report,
    rounds, sign_in, sources, today, watches,
};
use crate::problem::Problem;
use crate::state::DeskState;
use crate::{assets, headers};
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use saring_domain::Role;
use std::sync::Arc;

/// Who may take a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Files and health: nobody is asked who they are, and the store is not asked either.
    Public,
    /// Anybody, signed in or not.
    Anyone,
    /// Everybody who is signed in.
    SignedIn,
    /// Who sees cases: operators, heads and auditors. Who runs the installation does not.
    SeesCases,
    /// Who decides: operators and heads.
    Decides,
    /// Who says which public sources are read: heads and administrators.
    KeepsSources,
}

impl Access {
    /// Whether nobody need be signed in.
    pub fn anyone(self) -> bool {
        matches!(self, Self::Public | Self::Anyone)
    }

    /// Whether a signed-in person of this role may.
    pub fn allows(self, role: Role) -> bool {
        match self {
            Self::Public | Self::Anyone | Self::SignedIn => true,
            Self::SeesCases => role != Role::Admin,
            Self::Decides => role.decides(),
            Self::KeepsSources => role.keeps_sources(),
        }
    }
}

/// One row of the table.
pub struct Route {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Path with `{parameters}`.
    pub path: &'static str,
    /// Who may.
    pub access: Access,
    serve: fn() -> MethodRouter<DeskState>,
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {:?}", self.method, self.path, self.access)
    }
}

const fn read(path: &'static str, access: Access, serve: fn() -> MethodRouter<DeskState>) -> Route {
    Route { method: "GET", path, access, serve }
}

const fn write(path: &'static str, access: Access, serve: fn() -> MethodRouter<DeskState>) -> Route {
    Route { method: "POST", path, access, serve }
}

use Access::{Anyone, Decides, KeepsSources, Public, SeesCases, SignedIn};

/// Every route of the desk. There is none that takes an author.
pub const ROUTES: &[Route] = &[
    read("/aset/{file}", Public, || get(assets::serve)),
    read("/sehat", Public, || get(|| async { "ok\n" })),
    read("/masuk", Anyone, || get(sign_in::show)),
    write("/masuk", Anyone, || post(sign_in::enter)),
    read("/masuk/{token}", Anyone, || get(sign_in::show_link)),
    write("/masuk/{token}", Anyone, || post(sign_in::redeem)),
    write("/keluar", SignedIn, || post(sign_in::leave)),
    read("/", SignedIn, || get(today::show)),
    read("/langsung", SignedIn, || get(live::stream)),
    read("/antrean", SeesCases, || get(queue::show)),
    write("/antrean/ambil", Decides, || post(queue::take)),
    read("/kasus/{case}", SeesCases, || get(case::show)),
    write("/kasus/{case}/putusan", Decides, || post(decide::decide)),
    write("/kasus/{case}/bukti", Decides, || post(evidence::take)),
    read("/kasus/{case}/tahan", Decides, || get(handing::hold_form)),
    write("/kasus/{case}/tahan", Decides, || post(handing::hold)),
    read("/bukti", SeesCases, || get(evidence::list)),
    read("/bukti/terhapus", SeesCases, || get(deletions::show)),
    read("/bukti/{evidence}", SeesCases, || get(evidence::show)),
    read("/bukti/{evidence}/gambar", SeesCases, || get(evidence::picture)),
    read("/bukti/{evidence}/serah", Decides, || get(handing::export_form)),
    write("/bukti/{evidence}/serah", Decides, || post(handing::export)),
    read("/putusan", SeesCases, || get(decided::show)),
    write("/putusan/{decision}/batal", Decides, || post(decide::undo)),
    read("/klaim", SignedIn, || get(claims::list)),
    read("/klaim/{claim}", SignedIn, || get(claims::show)),
    read("/klaim-baru", SignedIn, || get(offers::show)),
    write("/klaim-baru", Decides, || post(offers::settle)),
    write("/klaim-baru/{decision}/batal", Decides, || post(offers::undo)),
    read("/pantauan", SeesCases, || get(watches::list)),
    write("/pantauan", Decides, || post(watches::open)),
    read("/pantauan/baru", Decides, || get(watches::form)),
    read("/pantauan/{watch}", SeesCases, || get(watches::show)),
    write("/pantauan/{watch}/putusan", Decides, || post(watches::settle)),
    write("/pantauan/{watch}/cek", Decides, || post(watches::check)),
    write("/pantauan/{watch}/tanda", Decides, || post(watches::mark)),
    read("/sumber", SignedIn, || get(sources::show)),
    write("/sumber", KeepsSources, || post(sources::add)),
    read("/sumber/baru", KeepsSources, || get(sources::form)),
    write("/sumber/coba", KeepsSources, || post(sources::look)),
    write("/sumber/{source}", KeepsSources, || post(sources::change)),
    read("/ronde", SignedIn, || get(rounds::list)),
    read("/ronde/{round}", SignedIn, || get(rounds::show)),
    write("/ronde/tugas", Decides, || post(rounds::take_duty)),
    write("/ronde/serah", Decides, || post(rounds::hand_over)),
    read("/laporan", SignedIn, || get(report::latest)),
    read("/laporan/{date}", SignedIn, || get(report::show)),
    read("/laporan/{date}/cetak", SignedIn, || get(report::print)),
    read("/laporan/{date}/pdf", SignedIn, || get(report::pdf)),
    read("/akun", SignedIn, || get(account::show)),
    write("/akun/bahasa", SignedIn, || post(account::language)),
    write("/akun/sandi", SignedIn, || post(account::password)),
    write("/akun/kode", SignedIn, || post(account::totp)),
];

/// What answers where no route does.
static NOWHERE: Route = read("", Anyone, || get(nowhere));

async fn nowhere() -> impl IntoResponse {
    Problem::NoPage
}

/// The desk as a router. Serve it with `into_make_service_with_connect_info::<SocketAddr>()`, so that failed sign-ins
/// are counted per network.
pub fn router(state: DeskState) -> Router {
    let guarded = |route: &'static Route| {
        if route.access == Public {
            return (route.serve)();
        }
        let gate = Gate { desk: state.clone(), route };
        (route.serve)().layer(from_fn_with_state(gate, gate::pass))
    };
    let routes = ROUTES.iter().fold(Router::new(), |router, route| router.route(route.path, guarded(route)));
    let elsewhere = Gate { desk: state.clone(), route: &NOWHERE };
    let fallback = get(nowhere).post(nowhere).layer(from_fn_with_state(elsewhere.clone(), gate::pass));
    routes
        .fallback_service(fallback.with_state(state.clone()))
        .method_not_allowed_fallback(|| async { Problem::WrongMethod })
        .layer(from_fn(plainly))
        .layer(from_fn_with_state(state.clone(), headers::add))
        .with_state(state)
}

/// What stands behind no gate (a file that is not there, a method without a route) is answered without a frame.
async fn plainly(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.extensions_mut().remove::<Arc<Problem>>().is_some() {
        let status = response.status();
        return (status, format!("{status}\n")).into_response();
    }
    response
}
