#pragma STDC FP_CONTRACT OFF
// First light: lets the rest be built and tested until scalar.c, the specification, replaces it. Uses libm.
#include "ckernels.h"
#include <math.h>
#include <string.h>
static int32_t rne(float v){float t=v+12582912.0f;int32_t b;memcpy(&b,&t,4);return b-0x4B400000;}
static float fold(float*l){for(int s=8;s;s>>=1)for(int i=0;i<s;i++)l[i]+=l[i+s];return l[0];}
static float dot(const float*a,const float*b,int n){float l[16]={0};for(int i=0;i<n;i++)l[i%16]+=a[i]*b[i];return fold(l);}
static float act(float x,kernel_activation a){double d=x;switch(a){case KERNEL_LINEAR:return x;case KERNEL_RELU:return x>0?x:0;case KERNEL_GELU_ERF:return (float)(0.5*d*(1+erf(d/sqrt(2))));default:return (float)(0.5*d*(1+tanh(0.7978845608028654*(d+0.044715*d*d*d))));}}
static bool yes(void){return true;}
bool kernel_sign(int32_t c){uint32_t x=(uint32_t)(c&1023)*2654435761u;x^=x>>15;x*=2246822519u;x^=x>>13;return x&1;}
int32_t kernel_rotation_width(int32_t k){return (k+63)/64*64;}
int32_t kernel_rotation_block(int32_t k){int32_t w=kernel_rotation_width(k),b=w&-w;return b>1024?1024:b;}
static void quantize(const kernel_input*in,const float*x,size_t stride,int32_t rows,kernel_rows*o,int32_t first,float*y){
 for(int r=0;r<rows;r++,x+=stride){
  for(int i=0;i<in->k_padded;i++)y[i]=i<in->k?(in->shift?x[i]-in->shift[i]:x[i]):0;
  if(in->block){for(int i=0;i<in->k_padded;i++)if(kernel_sign(i))y[i]=-y[i];
   for(int b=0;b<in->k_padded;b+=in->block)for(int s=1;s<in->block;s*=2)for(int i=0;i<in->block;i++)if(!(i&s)){float a=y[b+i],c=y[b+i+s];y[b+i]=a+c;y[b+i+s]=a-c;}}
  float lo=0,hi=0;for(int i=0;i<in->k_padded;i++){if(y[i]<lo)lo=y[i];if(y[i]>hi)hi=y[i];}
  uint8_t*u=o->values+(size_t)(first+r)*o->stride,*v=o->values+((size_t)o->capacity+first+r)*o->stride;
  float range=hi-lo;
  if(in->planes==1){ if(range<1e-30f){memset(u,128,in->k_padded);o->scale[first+r]=0;o->zero[first+r]=128;continue;}
   float rr=254/range;int z=1+rne(-lo*rr);o->scale[first+r]=range/254;o->zero[first+r]=z;
   for(int i=0;i<in->k_padded;i++){int q=rne(y[i]*rr)+z;u[i]=q<1?1:q>255?255:q;}}
  else { if(range<1e-30f){memset(u,128,in->k_padded);memset(v,0,in->k_padded);o->scale[first+r]=0;o->zero[first+r]=32768;continue;}
   float rr=65024/range;int z=256+rne(-lo*rr);o->scale[first+r]=range/65024;o->zero[first+r]=z;
   for(int i=0;i<in->k_padded;i++){int q=rne(y[i]*rr)+z;q=q<0?0:q>65535?65535:q;u[i]=q>>8;v[i]=q&255;}}
 }}
static int32_t idot(const uint8_t*u,const int8_t*p,int n,int j,int k){int32_t s=0;const int8_t*w=p+(size_t)(j/16)*16*k+(j%16)*4;for(int g=0;g<k/4;g++,w+=64)for(int t=0;t<4;t++)s+=u[4*g+t]*w[t];return s;}
static void matmul(const kernel_linear*l,const kernel_rows*in,int32_t first,int32_t rows,int32_t n0,int32_t n1,kernel_activation a,float*out,size_t os){
 for(int r=0;r<rows;r++){const uint8_t*u=in->values+(size_t)(first+r)*in->stride,*v=in->values+((size_t)in->capacity+first+r)*in->stride;int z=in->zero[first+r];
  for(int j=n0;j<n1;j++){float f;if(in->planes==1)f=(float)(idot(u,l->panels,l->n,j,l->k)-z*l->column_sum[j]);else f=(float)(idot(u,l->panels,l->n,j,l->k)-(z>>8)*l->column_sum[j])*256+(float)(idot(v,l->panels,l->n,j,l->k)-(z&255)*l->column_sum[j]);
   out[(size_t)r*os+j-n0]=act((f*l->scale[j])*in->scale[first+r]+l->bias[j],a);}}}
static void add_norm(const float*x,size_t xs,const float*res,size_t rs,const float*w,const float*b,float eps,int32_t n,int32_t rows,float*out,size_t os){
 for(int r=0;r<rows;r++){float l[16]={0};float*o=out+r*os;const float*xx=x+r*xs,*rr=res?res+r*rs:0;
  for(int i=0;i<n;i++){float v=rr?xx[i]+rr[i]:xx[i];o[i]=v;l[i%16]+=v;}
  float mean=fold(l)/n;float q[16]={0};for(int i=0;i<n;i++){o[i]-=mean;q[i%16]+=o[i]*o[i];}
  float inv=1/sqrtf(fold(q)/n+eps);for(int i=0;i<n;i++)o[i]=(o[i]*inv)*w[i]+b[i];}}
size_t kernel_head_bytes(int32_t S,int32_t d,int32_t p,int32_t wp){size_t s=(S+15)/16*16,dd=(d+15)/16*16;return 2*s*dd*3+s*4*4+dd*4+2*s*4+8*s*4+16*s+4096;}
void kernel_head_place(kernel_head*h,void*m,int32_t S,int32_t d,int32_t p,int32_t wp){size_t s=(S+15)/16*16,dd=(d+15)/16*16;char*c=m;h->length=S;h->length_padded=s;h->size=d;h->size_padded=dd;h->planes=p;h->weight_planes=wp;
#define T(f,n) h->f=(void*)c;c+=((n)+63)/64*64
 T(query[0],s*dd);T(query[1],s*dd);T(key[0],s*dd);T(key[1],s*dd);T(value[0],s*dd);T(value[1],s*dd);T(query_scale,s*4);T(key_scale,s*4);T(value_scale,dd*4);T(key_sum[0],s*4);T(key_sum[1],s*4);T(scores,s*32);T(weights,s*16);}
static int cl(int v,int m){return v<-m?-m:v>m?m:v;}
static void put(int8_t*p,int k,int j,int i,int v){p[(size_t)(j/16)*16*k+(i/4)*64+(j%16)*4+i%4]=v;}
static void dig(float x,float r,int planes,int*a,int*b){if(planes==1){*a=cl(rne(x*r),127);*b=0;}else{int q=cl(rne(x*r),32385);*a=rne((float)q*(1.0f/254));*b=q-254**a;}}
static void pack_head(kernel_head*h,const float*q,const float*k,const float*v,size_t st){
 int S=h->length,d=h->size,dd=h->size_padded,sp=h->length_padded,P=h->planes;float top=P==1?127:32385;float c=1.44269504f/sqrtf((float)d);
 for(int p=0;p<P;p++){memset(h->query[p],128,S*dd);memset(h->key[p],0,sp*dd);memset(h->value[p],0,sp*dd);memset(h->key_sum[p],0,sp*4);}
 memset(h->key_scale,0,sp*4);memset(h->value_scale,0,dd*4);
 for(int s=0;s<S;s++){for(int w=0;w<2;w++){const float*x=(w?k:q)+s*st;float a=0;for(int i=0;i<d;i++)if(fabsf(x[i])>a)a=fabsf(x[i]);float sc=a<1e-30f?0:a/top,r=a<1e-30f?0:top/a;
   if(w)h->key_scale[s]=sc;else h->query_scale[s]=sc*c;
   for(int i=0;i<d;i++){int A,B;dig(x[i],r,P,&A,&B);if(w){put(h->key[0],dd,s,i,A);if(P>1)put(h->key[1],dd,s,i,B);}else{h->query[0][s*dd+i]=A+128;if(P>1)h->query[1][s*dd+i]=B+128;}}}}
 for(int i=0;i<d;i++){float a=0;for(int s=0;s<S;s++)if(fabsf(v[s*st+i])>a)a=fabsf(v[s*st+i]);float sc=a<1e-30f?0:a/top,r=a<1e-30f?0:top/a;h->value_scale[i]=sc;for(int s=0;s<S;s++){int A,B;dig(v[s*st+i],r,P,&A,&B);put(h->value[0],sp,i,s,A);if(P>1)put(h->value[1],sp,i,s,B);}}}
static int32_t qk(const kernel_head*h,int a,int b,int i,int j){int dd=h->size_padded;int32_t s=0;for(int t=0;t<dd;t++)s+=((int)h->query[a][i*dd+t]-128)*h->key[b][(size_t)(j/16)*16*dd+(t/4)*64+(j%16)*4+t%4];return s;}
static void attend(const kernel_head*h,int32_t first,int32_t rows,float*out,size_t os){int S=h->length,sp=h->length_padded;
 for(int r=0;r<rows;r++){int i=first+r;float*t=h->scores,m=-INFINITY;for(int j=0;j<S;j++){float f=h->planes==1?(float)qk(h,0,0,i,j):((float)qk(h,0,0,i,j)*254+(float)(qk(h,0,1,i,j)+qk(h,1,0,i,j)))*254+(float)qk(h,1,1,i,j);t[j]=(f*h->key_scale[j])*h->query_scale[i];if(t[j]>m)m=t[j];}
  int32_t D=0;uint8_t*ph=h->weights,*pl=ph+sp;for(int j=0;j<S;j++){float x=t[j]-m;if(x<-126)x=-126;float e=exp2f(x);int p=h->weight_planes==2?rne(65535*e):rne(255*e);D+=p;if(h->weight_planes==2){ph[j]=p>>8;pl[j]=p&255;}else ph[j]=p;}
  float inv=1/(float)D;
  for(int c=0;c<h->size;c++){float F[2];for(int v=0;v<h->planes;v++){int32_t A=0,B=0;for(int j=0;j<S;j++){int w=h->value[v][(size_t)(c/16)*16*sp+(j/4)*64+(c%16)*4+j%4];A+=ph[j]*w;if(h->weight_planes==2)B+=pl[j]*w;}F[v]=h->weight_planes==2?(float)A*256+(float)B:(float)A;}
   float f=h->planes==1?F[0]:F[0]*254+F[1];out[r*os+c]=(f*h->value_scale[c])*inv;}}}
static void embed(const int8_t*w,float ws,const int8_t*p,float ps,const int8_t*t,float ts,int32_t n,float*o){for(int i=0;i<n;i++)o[i]=(w[i]*ws+p[i]*ps)+t[i]*ts;}
static void tanh_(float*x,int32_t n){for(int i=0;i<n;i++)x[i]=(float)tanh((double)x[i]);}
static void mf32(const float*w,const float*b,int32_t n,int32_t k,const float*x,size_t xs,int32_t rows,kernel_activation a,float*out,size_t os){for(int r=0;r<rows;r++)for(int j=0;j<n;j++){float v=dot(x+r*xs,w+(size_t)j*k,k);if(b)v+=b[j];out[r*os+j]=act(v,a);}}
static void af32(const float*q,const float*k,const float*v,size_t st,int32_t S,int32_t d,int32_t first,int32_t rows,float*t,float*out,size_t os){float c=1.0f/sqrtf((float)d);for(int r=0;r<rows;r++){const float*qq=q+(first+r)*st;float m=-INFINITY;for(int j=0;j<S;j++){t[j]=dot(qq,k+j*st,d)*c;if(t[j]>m)m=t[j];}float l[16]={0};for(int j=0;j<S;j++){t[j]=(float)exp((double)(t[j]-m));l[j%16]+=t[j];}float inv=1/fold(l);for(int i=0;i<d;i++){float s=0;for(int j=0;j<S;j++)s+=t[j]*v[j*st+i];out[r*os+i]=s*inv;}}}
static uint64_t peak(uint64_t n){return n;}
static const kernel_table T={"scalar",yes,quantize,matmul,add_norm,pack_head,attend,embed,tanh_,0,0,mf32,af32,peak};
int kernel_count(void){return 1;} const kernel_table*kernel_at(int i){return i==0?&T:0;} const kernel_table*kernel_named(const char*n){return strcmp(n,"scalar")?0:&T;} const kernel_table*kernel_best(void){return &T;}
